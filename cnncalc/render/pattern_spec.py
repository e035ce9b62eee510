"""A pattern as the text of the spec that it says, with comments, ready to be changed."""

from collections.abc import Iterator, Mapping
from typing import Any

from cnncalc.diagnostic import Diagnostic, Span
from cnncalc.layers import shown
from cnncalc.pattern import load
from cnncalc.pattern.words import INPUT
from cnncalc.render.expansion import word
from cnncalc.text import Entry, Node, Scalar, Sequence, Source, escaped
from cnncalc.text import Mapping as Tree

# Where comments begin, if the text before them is not longer.
COLUMN = 26
# Characters of a pattern that a comment repeats.
REPEATED = 400
STEP = "  "


def pattern_spec(source: Source, values: Mapping[str, Any], name: str | None) -> Iterator[str]:
    """Lines of the spec, each ended. The pattern must have no error; `values` are for its parameters.

    Without a `name` the network is called as the pattern is.
    """
    loaded = load(source)
    assert loaded.root is not None
    written = _Written(source.text)
    yield f"# From the pattern {escaped(' '.join(source.text.split()), REPEATED)}\n"
    for entry in loaded.root:
        if entry.name == "params":
            yield "params:\n"
            yield from _parameters(entry.value, values, loaded.unset)
        elif entry.name == "layers":
            yield "layers:\n"
            assert isinstance(entry.value, Sequence)
            yield from written.items(entry.value, STEP)
        elif entry.name == "name":
            yield f"name: {word(name if name is not None else _flow(entry.value))}\n"
        else:
            said = loaded.unset.get(INPUT) if entry.name == INPUT else None
            yield _commented(f"{entry.name}: {_flow(entry.value)}", said and said.message)


def _parameters(node: Node, values: Mapping[str, Any], unset: Mapping[str, Diagnostic]) -> Iterator[str]:
    assert isinstance(node, Tree)
    for entry in node:
        given = entry.name in values
        value = shown(values[entry.name]) if given else shown(_plain(entry.value))
        yield _commented(f"{STEP}{entry.name}: {value}", None if given else unset[entry.name].message)


def _plain(node: Node) -> Any:
    assert isinstance(node, Scalar)
    return node.value


def _commented(text: str, comment: str | None) -> str:
    return f"{text.ljust(COLUMN)}  # {comment.replace('`', '')}\n" if comment else f"{text}\n"


class _Written:
    """Writes items; of what is said once in a comment it remembers that it was."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._explained = False

    def items(self, node: Sequence, margin: str) -> Iterator[str]:
        for item in node:
            yield from self.item(item, margin)

    def item(self, node: Node, margin: str) -> Iterator[str]:
        if isinstance(node, Scalar):
            implied = node.raw == "flatten" and self._text_of(node.span).lower() != "flatten"
            why = "what follows reads features: the pattern leaves this out" if implied else None
            yield _commented(f"{margin}- {node.raw}", why)
            return
        assert isinstance(node, Tree)
        first, *controls = node.entries
        if isinstance(first.value, Sequence):
            yield f"{margin}- {first.name}:\n"
            yield from self.items(first.value, f"{margin}{STEP}{STEP}")
        else:
            value = _flow(first.value)
            yield _commented(f"{margin}- {first.name}:{value and f' {value}'}", self._why(first))
        for entry in controls:
            yield f"{margin}{STEP}{entry.name}: {_flow(entry.value)}\n"

    def _why(self, entry: Entry) -> str | None:
        """A comment at the first layer whose filters the notation says."""
        padding = entry.value.get("padding") if isinstance(entry.value, Tree) else None
        if self._explained or padding is None or padding.value.span != entry.key.span:
            return None
        self._explained = True
        return "half keeps the height and width: (F - 1)/2 on each side"

    def _text_of(self, span: Span) -> str:
        return self._lines[span.line - 1][span.column - 1 : span.end_column - 1]


def _flow(node: Node) -> str:
    """A value on one line."""
    if isinstance(node, Scalar):
        return node.raw
    if isinstance(node, Sequence):
        return f"[{', '.join(map(_flow, node))}]"
    return f"{{{', '.join(f'{entry.name}: {_flow(entry.value)}' for entry in node)}}}"
