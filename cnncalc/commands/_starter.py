"""The specs that `cnncalc new` writes: a small network with comments, or a shipped one to start from."""

from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from typing import TypeAlias

from cnncalc import zoo
from cnncalc.diagnostic import Span
from cnncalc.render.expansion import word
from cnncalc.schema import ADDRESS
from cnncalc.text import Mapping, Node, Scalar, from_bytes, load

Path: TypeAlias = tuple[str, ...]
PathsTo: TypeAlias = MappingOf[Path, str]

EDITOR = f"# yaml-language-server: $schema={ADDRESS}\n"
STARTER = """\
cnncalc: 1                # the version of the language
name: {name}
input: 32x32x3            # one image: height x width x channels

# Values that can be changed: `--set width=32` on the command line, $width in this file.
params: {{width: 16}}

# Defaults for every layer of a type; a layer can override them. `norm` and `act` follow a layer.
defaults:
  conv: {{kernel: 3, padding: half, norm: bn, act: relu}}

# A list of layers with a name and its own parameters.
blocks:
  unit:
    params: {{filters: required}}
    layers:
      - residual:         # these layers; their input is added to their output
          - conv: {{filters: $filters}}
          - conv: {{filters: $filters, act: none}}
        shortcut: project # if the channels differ, a 1x1 convolution makes them equal
      - relu

layers:
  - conv: $width          # short for `conv: {{filters: $width}}`
  - unit: $width
    repeat: 2             # the item two times, one after the other
  - maxpool: 2            # windows of 2x2: half the height and width
  - unit: 2 * $width
    repeat: 2
  - maxpool: 2
  - unit: 4 * $width
    repeat: 2
    # An error if the output has another shape.
    expect: {{height: 8, width: 8, channels: 4 * $width}}
  - global_avgpool
  - fc: 16                # sixteen classes
"""
HINTS = """\
# cnncalc inspect FILE     shapes, parameters, multiply-adds, layer by layer
# cnncalc validate FILE    every mistake
# cnncalc layers           the layer types; `cnncalc layers conv` shows one
"""


def starter(name: str) -> str:
    """A spec with comments that explain it."""
    return f"{EDITOR}#\n{HINTS}{STARTER.format(name=word(name))}"


def copy(shipped: str, name: str | None) -> str:
    """The text of a shipped spec to change, under another name if one is given.

    It stands alone: of a spec that extends another it is the other's text with the values that the first one changes.
    """
    texts = _family(shipped)
    text = _without_claims(texts[-1])
    for over in reversed(texts[:-1]):
        text = _changed(text, dict(_values(over)))
    if name is not None:
        text = _changed(text, {("name",): word(name)})
    return f"{EDITOR}# From the spec `{shipped}` that comes with cnncalc.\n#\n{text}"


def _without_claims(text: str) -> str:
    """The text without what is printed elsewhere about the shipped network: it will be another one."""
    claims = _root(text).get("claims")
    if claims is None:
        return text
    lines = text.split("\n")
    del lines[claims.key.span.line - 1 : claims.value.span.end_line]
    return "\n".join(lines)


def _family(shipped: str) -> list[str]:
    """The text of a shipped spec, and of those that it extends one after another."""
    texts: list[str] = []
    following: str | None = shipped
    while following is not None:
        path = zoo.path(following)
        assert path is not None
        with open(path, encoding="utf-8", newline="") as file:
            texts.append(file.read())
        extends = _root(texts[-1]).get("extends")
        extended = extends.value if extends is not None else None
        following = extended.raw.removesuffix(".yaml") if isinstance(extended, Scalar) else None
    return texts


def _root(text: str) -> Mapping:
    source, _ = from_bytes(text.encode(), "<shipped>")
    assert source is not None
    root, _ = load(source)
    assert isinstance(root, Mapping)
    return root


def _values(text: str) -> Iterator[tuple[Path, str]]:
    """What a spec says instead of the one that it extends: by path of keys, as written."""
    for entry in _root(text):
        if entry.name in ("cnncalc", "extends", "claims"):
            continue
        inside = entry.value if entry.name == "params" and isinstance(entry.value, Mapping) else None
        if inside is None:
            yield (entry.name,), _cut(text, entry.value.span)
        else:
            yield from (((entry.name, nested.name), _cut(text, nested.value.span)) for nested in inside)


def _cut(text: str, span: Span) -> str:
    """What stands in a place, which is on one line."""
    return text.split("\n")[span.line - 1][span.column - 1 : span.end_column - 1]


def _changed(text: str, values: PathsTo) -> str:
    """The text with other values under some paths; the rest, comments too, as it is."""
    root, lines = _root(text), text.split("\n")
    places: list[tuple[Span, str]] = []
    for path, value in values.items():
        node: Node = root
        for key in path:
            assert isinstance(node, Mapping)
            entry = node.get(key)
            assert entry is not None, f"the shipped spec has no {'.'.join(path)}"
            node = entry.value
        places.append((node.span, value))
    for span, value in sorted(places, reverse=True):
        line = lines[span.line - 1]
        lines[span.line - 1] = line[: span.column - 1] + value + line[span.end_column - 1 :]
    return "\n".join(lines)
