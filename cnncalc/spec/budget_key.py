"""The key `budget` of a spec: its limits with their places. Loaded only for a spec that has one."""

from collections.abc import Iterator

from cnncalc.diagnostic import Edit, Fix, Span
from cnncalc.spec.budget import Budget, Limit
from cnncalc.spec.budget_values import Flaw, Path, parts
from cnncalc.spec.reading import Reading
from cnncalc.text import Entry, Mapping, Node, Sequence


def budget(reading: Reading, entry: Entry) -> Budget:
    """The limits of `budget` with their places. Errors in it are reported, and the other limits still count."""
    with reading.without_figures():
        return Budget(tuple(_limits(reading, entry)))


def _limits(reading: Reading, entry: Entry) -> Iterator[Limit]:
    for part in parts(_values(entry.value)):
        if not isinstance(part, Flaw):
            yield part[1]._replace(span=_place(entry, part[0]))
            continue
        place = _place(entry, part.path, at_key=part.at_key)
        if part.among:
            reading.unknown_word(part.fault, place, part.message, str(part.path[-1]), part.among, "key")
            continue
        fixes = (
            [Fix(f"write `{part.instead}`", (Edit(place, _quoted(part.instead)),))] if part.instead else []
        )
        reading.report(part.fault, place, part.message, help=part.help, fixes=fixes)


def _values(node: Node) -> object:
    """A part of the tree as plain values; numbers as they are written."""
    if isinstance(node, Mapping):
        return {entry.name: _values(entry.value) for entry in node}
    if isinstance(node, Sequence):
        return [_values(item) for item in node]
    return node.raw if isinstance(node.value, float) else node.value


def _place(entry: Entry, path: Path, *, at_key: bool = False) -> Span:
    """The place of the value (or the key) at a path below an entry."""
    node = entry.value
    for step in path:
        if isinstance(node, Sequence):
            node = node.items[int(step)]
        elif isinstance(node, Mapping) and (inner := node.get(str(step))) is not None:
            entry, node = inner, inner.value
    return entry.key.span if at_key else node.span


def _quoted(limit: str) -> str:
    """A limit as YAML: a text that begins with `>` needs quotes."""
    return f'"{limit}"' if limit.startswith(">") else limit
