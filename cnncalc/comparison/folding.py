"""Changes by block: one for each use of a block instead of one for each layer in it."""

from collections.abc import Iterable, Sequence
from typing import Any

from cnncalc.comparison.facts import FIGURES, ComparedLayer
from cnncalc.comparison.layers import LayerChange, held
from cnncalc.exact import counted


def folded(changes: Sequence[LayerChange], depth: int) -> tuple[LayerChange, ...]:
    """The changes; those of layers in a block `depth` levels deep (0: any block of the network) as one of the block."""
    groups: dict[str, list[LayerChange]] = {}
    for number, change in enumerate(changes):
        blocks = change.either.blocks
        # A layer by itself has a key that no block has.
        groups.setdefault(blocks[depth][0] if len(blocks) > depth else f"\0{number}", []).append(change)
    return tuple(
        group[0] if key.startswith("\0") else _joined(key, group, depth) for key, group in groups.items()
    )


def _joined(name: str, group: list[LayerChange], depth: int) -> LayerChange:
    old = [change.old for change in group if change.old is not None]
    new = [change.new for change in group if change.new is not None]
    block = group[0].either.blocks[depth][1]
    before, now = (_block((name, block), layers, depth) if layers else None for layers in (old, new))
    if before is None or now is None:
        return LayerChange(before, now)
    counts = {what: sum(change.what == what for change in group) for what in ("changed", "added", "removed")}
    parts = [f"{count:,} {what}" for what, count in counts.items() if count]
    inside = f"of {counted(len(group), 'layer')}: {', '.join(parts)}" if parts else ""
    return held(before, now, False)._replace(inside=inside)


def _block(block: tuple[str, str], layers: list[ComparedLayer], depth: int) -> ComparedLayer:
    """The facts of a block: figures added up (None where one is unknown), shape and receptive field of its end."""
    first, last = layers[0], layers[-1]
    # A layer may have stood outside of any block before.
    name, kind = first.blocks[depth] if len(first.blocks) > depth else block
    figures: dict[str, Any] = {
        figure: _added(getattr(layer, figure) for layer in layers) for figure in FIGURES
    }
    return first._replace(
        name=name,
        named=False,
        kind=kind,
        label=kind,
        layer=None,
        inputs=(),
        output=last.output,
        field=last.field,
        largest=last.largest,
        blocks=first.blocks[:depth],
        place=first.place if all(layer.place == first.place for layer in layers) else None,
        frozen=any(layer.frozen for layer in layers),
        **figures,
    )


def _added(values: Iterable[int | None]) -> int | None:
    known = list(values)
    return None if None in known else sum(value for value in known if value is not None)
