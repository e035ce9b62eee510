"""What a box says of its layers: the sign, the name, what changed, and the figures before and now."""

from collections.abc import Iterable, Sequence

from cnncalc.comparison import ComparedLayer, LayerChange
from cnncalc.drawing.changes._pieces import BoxPiece
from cnncalc.drawing.changes._union import Union, kind_of
from cnncalc.exact import counted, grouped
from cnncalc.figure_words import from_to
from cnncalc.record import NamedTuple
from cnncalc.render import comparison_words as words
from cnncalc.render.figures import UNKNOWN, short

SIGNS = {"added": "+", "removed": "\N{MINUS SIGN}", "changed": "~", "renamed": "»", "same": "="}
# What a layer is, apart from its shape and its figures.
BEING = ("settings", "inputs", "shares", "place", "frozen", "module")
FIGURES = {"params": "params", "macs": "MACs"}
# Lines of details in a box, and what a viewer shows of the layers in it.
MOST_LINES, MOST_SHOWN = 4, 12


class BoxWords(NamedTuple):
    """The words of a box: what it is and how it differs, and its figures. `about` is for viewers.

    `names` are the name of a layer or block, the first and the last of several, or (`goes`) the old and the new one.
    """

    kind: str
    names: tuple[str, ...]
    goes: bool
    shape: str
    lines: tuple[str, ...]
    figures: tuple[str, ...]
    about: tuple[str, ...]

    def name(self, scope: str = "") -> str:
        """The name, without that of the block around it."""
        inside = f"{scope}." if scope else ""
        names = [name.removeprefix(inside) for name in self.names]
        return names[0] if len(names) == 1 else (arrow if self.goes else from_to)(*names)


def arrow(old: str, new: str) -> str:
    """The old words and the new ones; one of them where they are the same."""
    return new if old == new else f"{old} → {new}"


def box_words(union: Union, piece: BoxPiece) -> BoxWords:
    """The words of a piece."""
    changes = [union.changes[place] for place in piece.places]
    is_layer = len(piece.places) == 1 or (piece.block is None and piece.kind not in ("same", "renamed"))
    names = _layer_names(changes[0]) if is_layer else _names(changes, piece)
    if changes[0].either.kind == "input" and is_layer:
        lines = []
    elif is_layer:
        lines = [_label(changes), *(_being(changes) or _other(changes))]
    else:
        lines = [_inside(changes, piece)]
        if piece.kind == "renamed" and piece.block is None:
            lines += [
                f"{old.name} → {new.name}" for old, new, *_ in changes if old and new and old.name != new.name
            ]
    quiet = piece.kind == "same"
    if len(lines) > (1 if quiet else MOST_LINES):
        lines = lines[:1] if quiet else [*lines[: MOST_LINES - 1], "…"]
    figures = () if quiet else tuple(figure_lines(changes))
    goes = len(names) > 1 and (is_layer or piece.block is not None)
    return BoxWords(piece.kind, names, goes, _shape(changes), tuple(lines), figures, tuple(about(changes)))


def about(changes: Sequence[LayerChange]) -> list[str]:
    """Each layer that is not as before, with all that differs."""
    loud = [change for change in changes if kind_of(change) != "same"]
    lines = [
        f"{SIGNS[kind_of(change)]} {words.name(change)}: {'; '.join(words.differences(change))}".removesuffix(
            ": "
        )
        for change in loud[:MOST_SHOWN]
    ]
    more = [f"and {counted(len(loud) - MOST_SHOWN, 'more layer')}"] if len(loud) > MOST_SHOWN else []
    same = len(changes) - len(loud)
    return [*lines, *more, *([f"{counted(same, 'layer')} unchanged"] if same else [])]


def _layer_names(change: LayerChange) -> tuple[str, ...]:
    old, new = change.old, change.new
    if old is None or new is None or not (old.named or new.named) or old.name == new.name:
        return (change.either.name,)
    return old.name, new.name


def _names(changes: Sequence[LayerChange], piece: BoxPiece) -> tuple[str, ...]:
    """The name of a block; of several layers the first and the last."""
    if piece.block is None:
        return changes[0].either.name, changes[-1].either.name
    level = len(piece.frames)
    old = next((change.old for change in changes if change.old is not None), None)
    before = old.blocks[level][0] if old is not None and len(old.blocks) > level else piece.block.name
    if piece.kind == "renamed" and before != piece.block.name:
        return before, piece.block.name
    return (piece.block.name,)


def _label(changes: Sequence[LayerChange]) -> str:
    """`CONV3-64 → CONV5-64 · BN · RELU`."""
    first, *others = changes
    before, now = first.old or first.either, first.either
    # Of a layer that is not known any more there is only the type.
    known = now if now.layer is not None or before.kind != now.kind else before
    head = arrow(before.label, known.label)
    return " · ".join([head, *dict.fromkeys(change.either.label for change in others)])


def _being(changes: Sequence[LayerChange]) -> list[str]:
    """What differs in the layers themselves."""
    lines = []
    for change in changes:
        if change.old is None or change.new is None:
            continue
        only = tuple(fact for fact in change.differs if fact in BEING)
        parts = [part.replace(" -> ", " → ") for part in words.differences(change._replace(differs=only))]
        # A norm that goes with its convolution has one line.
        lines += (
            parts if change is changes[0] else [f"{change.either.name}: {', '.join(parts)}"] if parts else []
        )
    return lines


def _other(changes: Sequence[LayerChange]) -> list[str]:
    """What differs in a layer that is as before, as are its shape and its parameters and MACs."""
    differing = {fact for change in changes for fact in change.differs}
    if differing & {"output", *FIGURES}:
        return []
    both = [change for change in changes if change.old is not None and change.new is not None]
    return [part.replace(" -> ", " → ") for change in both for part in words.differences(change)]


def _inside(changes: Sequence[LayerChange], piece: BoxPiece) -> str:
    """What became of the layers of a block, or of a stretch."""
    layers = [change for change in changes if not change.either.is_input]
    block = f"{piece.block.item.block} · " if piece.block is not None else ""
    counts: dict[str, int] = {}
    for change in layers:
        counts[kind_of(change)] = counts.get(kind_of(change), 0) + 1
    if len(counts) == 1:
        what = "unchanged" if piece.kind == "same" else piece.kind
        return f"{block}{counted(len(layers), 'layer')} {what}"
    parts = [f"{grouped(counts[kind])} {kind}" for kind in SIGNS if kind in counts and kind != "same"]
    return f"{block}of {counted(len(layers), 'layer')}: {', '.join(parts)}"


def _shape(changes: Sequence[LayerChange]) -> str:
    last = changes[-1]
    old, new = (None if layer is None else _volume(layer) for layer in (last.old, last.new))
    return new or old or "" if old is None or new is None else arrow(old, new)


def _volume(layer: ComparedLayer) -> str:
    return UNKNOWN if layer.output is None else str(layer.output)


def figure_lines(changes: Sequence[LayerChange]) -> list[str]:
    """A line for each figure that changed."""
    return [line for figure in FIGURES if (line := figure_line(changes, figure))]


def figure_line(changes: Sequence[LayerChange], figure: str) -> str:
    """`params 1,728 → 4,800 (+177.8%)`; of what was added or removed `+1,728 params`; empty where it did not change."""
    word = FIGURES[figure]
    olds = [change.old for change in changes if change.old is not None]
    news = [change.new for change in changes if change.new is not None]
    old, new = (_sum(getattr(layer, figure) for layer in layers) for layers in (olds, news))
    if not olds or not news:
        sign, only = ("+", new) if news else (SIGNS["removed"], old)
        return f"{sign}{short(only)} {word}" if only != 0 else ""
    if old == new:
        return f"{word} {UNKNOWN}" if old is None else ""
    before, now = short(old), short(new)
    if before == now and old is not None and new is not None:
        before, now = grouped(old), grouped(new)
    share = words.change_in_percent(old, new)
    return f"{word} {before} → {now}" + (f" ({share})" if share else "")


def _sum(values: Iterable[int | None]) -> int | None:
    known = list(values)
    return None if None in known else sum(value for value in known if value is not None)
