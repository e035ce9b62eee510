"""What the middle position of a layer sees of the input."""

from cnncalc.analysis import Analysis, Field
from cnncalc.graph import Node
from cnncalc.record import NamedTuple
from cnncalc.render.figures import receptive


class SeenField(NamedTuple):
    """A layer and its field along each axis; the first and last pixel of the middle position, and of the next one."""

    node: Node
    fields: tuple[Field, ...]
    spans: tuple[tuple[int, int], ...]
    next_span: tuple[int, int] | None
    words: str
    colour: str

    @property
    def image(self) -> tuple[int, ...]:
        """The sizes of the input that it is a field on."""
        return tuple(field.image for field in self.fields)


def seen(analysis: Analysis, node: Node, colour: str) -> SeenField | None:
    """What is drawn of a layer; None where its field is unknown, or sees nothing that has positions."""
    fields = analysis.receptive_fields[node.index]
    if not fields:
        return None
    spans = []
    for field in fields:
        span = field.at((field.positions - 1) // 2)
        if span is None:
            return None
        spans.append(span)
    last = fields[-1]
    middle = (last.positions - 1) // 2
    following = last.at(middle + 1) if middle + 1 < last.positions else None
    strides = dict.fromkeys(str(field.stride) for field in fields)
    size = receptive(fields, analysis.field_exactness[node.index])
    words = f"{node.name}: {_large(size)}" + ("" if following is None else f", {'x'.join(strides)} apart")
    return SeenField(node, tuple(fields), tuple(spans), following, words, colour)


def _large(size: str) -> str:
    """`14 wide`; two different sides say so themselves."""
    if size == "all":
        return "the whole input"
    return size if "x" in size else f"{size} wide"
