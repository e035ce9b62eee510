"""Receptive fields of random graphs, position by position, against gradients."""

import json
from collections.abc import Sequence
from types import ModuleType
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.analysis import Analysis, Fields
from cnncalc.analysis.positions import ends
from cnncalc.graph import Graph
from tests._depth import cases

CASES = cases(10, 150, of=10)
LAX = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
# Positions of a volume that are compared.
MOST = 48
Items: TypeAlias = list[Any]


def pick(draw: st.DrawFn, *choices: Any) -> Any:
    return draw(st.sampled_from(choices))


@st.composite
def moving(draw: st.DrawFn, rank: int) -> Items:
    """One layer that moves positions, of any kind."""
    kernel, stride = pick(draw, 1, 2, 3, 3, 4, 5), pick(draw, 1, 1, 2, 2, 3)
    dilation = pick(draw, 1, 1, 2, 3)
    sides: tuple[str, ...] = ("left", "right", "top", "bottom") if rank == 2 else ()
    kind = draw(st.integers(0, 13))
    if kind <= 2:
        padding: Any = draw(st.integers(0, 3))
        if draw(st.booleans()) and sides:
            padding = {pick(draw, *sides): draw(st.integers(1, 3)), pick(draw, *sides): 1}
        window = {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding}
        return [{"conv": {"filters": 2, **window}}]
    if kind == 3:
        pool = pick(draw, "avgpool", "maxpool", "lppool")
        ceil = {"rounding": "ceil"} if draw(st.booleans()) else {}
        return [{pool: {"kernel": kernel, "stride": stride, **ceil}}]
    if kind in (4, 5):
        values = {"filters": 2, "kernel": pick(draw, 1, 2, 3, 4, 5), "stride": pick(draw, 1, 2, 2, 3, 4)}
        values |= {"dilation": dilation, "padding": draw(st.integers(0, 1))}
        values |= {"output_padding": 1} if draw(st.booleans()) and max(values["stride"], dilation) > 1 else {}
        return [{"conv_transpose": values}]
    if kind == 6:
        return [{"upsample": pick(draw, 2, 2, 3, 4)}]
    if kind in (7, 8):
        name = {1: ("nearest", "linear"), 2: ("nearest", "bilinear", "bicubic")}[rank]
        mode = {"mode": pick(draw, *name)}
        mode |= {"align_corners": draw(st.booleans())} if mode["mode"] != "nearest" else {}
        if kind == 7:
            return [{"upsample": {"scale": pick(draw, 2, 3), **mode}}]
        return [{"resize": {"size": draw(st.integers(1, 30)), **mode}}]
    if kind == 9:
        return [{pick(draw, "adaptive_avgpool", "adaptive_maxpool"): draw(st.integers(1, 9))}]
    if kind == 10 and rank == 2:
        shuffle = {"pixel_unshuffle": 2}, {"pixel_shuffle": 2}, {"patch_merging": None}
        return [pick(draw, *shuffle), {"conv": {"filters": 4, "kernel": 1}}]
    if kind == 11:
        axis = pick(draw, *{1: ("length",), 2: ("height", "width")}[rank])
        return [{"slice": {"axis": axis, "start": draw(st.integers(0, 3)), "step": pick(draw, 1, 1, 2, 3)}}]
    if kind == 12:
        return [{"crop": {"sides": 1}}]
    if sides:
        return [
            {
                pick(draw, "zero_pad", "zero_pad", "replication_pad"): {
                    pick(draw, *sides): draw(st.integers(1, 4))
                }
            }
        ]
    return [{pick(draw, "zero_pad", "reflection_pad"): draw(st.integers(1, 3))}]


@st.composite
def keeping(draw: st.DrawFn, rank: int) -> Items:
    """Layers that leave the grid as it is."""
    if draw(st.integers(0, 5)) == 0:
        return [{"upsample": 2}, {"avgpool": {"kernel": pick(draw, 1, 2), "stride": 2}}]
    kernel, dilation = pick(draw, 1, 3, 5), pick(draw, 1, 2, 3)
    return [{"conv": {"filters": 4, "kernel": kernel, "dilation": dilation, "padding": "half"}}]


@st.composite
def gate(draw: st.DrawFn, rank: int) -> Items:
    """One position that scales or shifts all: as squeeze-and-excitation."""
    ones = dict.fromkeys({1: ("length",), 2: ("height", "width")}[rank], 1)
    before = draw(st.one_of(st.just([]), moving(rank)))
    squeezed = pick(
        draw,
        ["global_avgpool", {"conv": {"filters": "$in.channels"}}],
        ["flatten", {"fc": 4}, {"reshape": {"channels": 4, **ones}}],
        ["global_maxpool", {"reshape": {"channels": 4}}, {"fc": 4}, {"reshape": {"channels": 4, **ones}}],
    )
    four = [{"conv": {"filters": 4, "kernel": 1}}]
    return [*four, {pick(draw, "mul", "add"): draw(st.permutations([[], [*before, *four, *squeezed]]))}]


@st.composite
def branched(draw: st.DrawFn, rank: int, names: list[str]) -> Items:
    kind = draw(st.integers(0, 5))
    if kind <= 1:
        inside = [
            [item for part in draw(st.lists(keeping(rank), max_size=2)) for item in part] for _ in range(2)
        ]
        return [{pick(draw, "concat", "add"): [[*layer, {"conv": {"filters": 4}}] for layer in inside]}]
    if kind == 2:
        return draw(gate(rank))
    name = f"skip{len(names)}"
    names.append(name)
    inside = [item for part in draw(st.lists(moving(rank), min_size=1, max_size=2)) for item in part]
    back = pick(draw, "resize_to", "resize_to", "crop_to")
    mode = {"mode": pick(draw, "nearest", {1: "linear", 2: "bilinear"}[rank])} if back == "resize_to" else {}
    if mode.get("mode", "nearest") != "nearest":
        mode["align_corners"] = draw(st.booleans())
    grow = [{"upsample": 4}] if back == "crop_to" else []
    return [{"identity": None, "name": name}, *inside, *grow,
            {back: {"of": ["prev", name], **mode}}, {"concat": ["prev", name]}]  # fmt: skip


@st.composite
def reordering(draw: st.DrawFn, rank: int) -> Items:
    """Layers that put positions into another order, one row or windows, and what looks at all of them."""
    if rank == 1:
        return [*draw(st.sampled_from(([], ["class_token"]))), {"self_attention": {"heads": 1}}]
    sliding = {
        "conv": {"filters": 4, "kernel": pick(draw, 1, 2, 3), "padding": 1, "stride": pick(draw, 1, 2)}
    }
    four = {"conv": {"filters": 4}}
    kind = draw(st.integers(0, 4))
    if kind == 0:
        return [{"permute": ["width", "height", "channels"]}, sliding]
    if kind == 1:
        return [{"patch_embed": {"filters": 4, "patch": pick(draw, 1, 2, 3)}}, sliding]
    if kind == 2:
        return [{"mean": pick(draw, "height", "width")}, sliding]
    if kind == 3:
        window = {"window": pick(draw, 2, 3, 4), "shift": pick(draw, 0, 1)}
        return [four, {"window_attention": {"heads": 1, **window}}, sliding]
    return [{"reshape": {"channels": "$in.channels", "length": "$in.height * $in.width"}}, sliding]


@st.composite
def networks(draw: st.DrawFn) -> str:
    rank = pick(draw, 1, 1, 2)
    image = "x".join(str(draw(st.integers(3, 40 if rank == 1 else 18))) for _ in range(rank))
    names: list[str] = []
    parts = st.one_of(moving(rank), moving(rank), keeping(rank), branched(rank, names))
    body = [item for part in draw(st.lists(parts, min_size=1, max_size=6)) for item in part]
    if draw(st.integers(0, 3)) == 0:
        body += draw(reordering(rank))
    spec: dict[str, Any] = {"cnncalc": 1, "input": f"{image}x4", "layers": list(map(allowed, body))}
    return json.dumps(spec, indent=1) + "\n"


def allowed(item: Any) -> Any:
    """A layer whose windows may leave positions over."""
    if not isinstance(item, dict):
        return item
    (kind, values), *more = item.items()
    if isinstance(values, list):
        return {
            kind: [
                [*map(allowed, item_of_list)] if isinstance(item_of_list, list) else item_of_list
                for item_of_list in values
            ],
            **dict(more),
        }
    return {**item, "allow": {"S001": "drawn"}} if kind in ("conv", "maxpool", "avgpool", "lppool") else item


def positions(sizes: tuple[int, ...]) -> list[tuple[int, ...]]:
    """All along the diagonal and, of two axes, along the edges: as many as are looked at."""
    longest = max(sizes)
    positions = {tuple(min(index, size - 1) for size in sizes) for index in range(longest)}
    positions |= {tuple(index * size // longest for size in sizes) for index in range(longest)}
    return sorted(positions)[:: max(1, -(-len(positions) // MOST))]


def printed(fields: Fields, position: Sequence[int]) -> list[tuple[int, int] | None]:
    return [field.at(0 if field.axis is None else position[field.axis]) for field in fields]


def walked(analysis: Analysis, graph: Graph, node: int, position: Sequence[int]) -> Any:
    (work,) = analysis.fieldworks
    return work.walk(graph, node, tuple(1 << coordinate for coordinate in position))


@pytest.mark.fuzz
@given(text=networks())
@settings(max_examples=CASES, suppress_health_check=LAX)
def test_every_position_sees_what_is_predicted(torch: ModuleType, text: str) -> None:
    from cnncalc.analysis.walk import Untraceable
    from cnncalc.pytorch import build, reach
    from cnncalc.pytorch.fitness import faults

    graph = cnncalc.load(text)
    assume(graph.whole and not faults(graph._replace(diagnostics=())))
    graph = graph._replace(diagnostics=())
    image, last = graph.nodes[0].shape, graph.nodes[-1]
    assert image is not None
    assert last.shape is not None
    assume(last.shape.rank and max(last.shape.spatial) < 500)
    analysis = Analysis(graph)
    fields = analysis.receptive_fields[last.index]
    where = positions(last.shape.spatial)
    (seen,) = reach.seen(build(graph, seed=0), {last.index: where}, [image.spatial]).values()
    if fields is None:
        event("unknown")
        return
    sizes = [set[int]() for _ in fields]
    inside = 0
    for position, actual in zip(where, seen, strict=True):
        expected = printed(fields, position)
        try:
            walk = walked(analysis, graph, last.index, position)
        except Untraceable:
            event("untraceable")
            continue
        if walk.beyond or walk.most:
            event("not exact")
            continue
        exact = [ends(pixels) for pixels in walk.pixels]
        assert (None if None in exact else exact) == actual, position
        if not walk.outside:
            inside += 1
            assert (None if None in expected else expected) == actual, position
        elif actual is not None:
            for field, span, (first, end) in zip(fields, expected, actual, strict=True):
                assert span is not None
                assert max(0, span[0]) <= first <= end <= min(field.image - 1, span[1]), position
    event("inside" if inside else "at the border")
    for index, field in enumerate(fields):
        every = range(field.positions if field.axis is not None else 1)
        sizes[index] = {
            span[1] - span[0] + 1 if (span := field.at(coordinate)) else 0 for coordinate in every
        }
        assert field.sizes == (min(sizes[index]), max(sizes[index]))
