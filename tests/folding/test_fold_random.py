"""Random drafts: whatever is folded is the same network."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.folding import fold
from cnncalc.folding.fold import with_folds
from cnncalc.folding.permits import Permits
from cnncalc.importers import Draft, DraftNode, Scope, document, matching, text
from cnncalc.shape import Shape
from tests._depth import cases

LAX = [HealthCheck.too_slow, HealthCheck.data_too_large]
SIDE = 8


class Building:
    """A draft while it grows: every value has the side of the input, so that any two can be joined."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.nodes: list[DraftNode] = []
        self.channels = {"input": 4}
        self.convs: list[DraftNode] = []

    def add(
        self, kind: str, fields: dict[str, Any], sources: tuple[str, ...], channels: int, scopes: Any
    ) -> str:
        name = f"n{len(self.nodes)}"
        node = DraftNode(name, kind, fields, sources, scopes=scopes)
        if kind == "conv":
            twins = [
                other
                for other in self.convs
                if other.fields == fields and self.channels[other.sources[0]] == self.channels[sources[0]]
            ]
            if twins and self.draw(st.integers(0, 7)) == 0:
                node.shares = twins[0].name
            else:
                self.convs.append(node)
        self.nodes.append(node)
        self.channels[name] = channels
        return name

    def apply(self, steps: list[tuple[str, int, int]], value: str, width: int, scopes: Any) -> str:
        """Some steps after a value; each reads the value before it, and a step that joins also an earlier one."""
        values = [value]
        for kind, choice, back in steps:
            last, other = values[-1], values[max(0, len(values) - 1 - back)]
            channels = self.channels[last]
            inner = (
                (*scopes, Scope(f"{scopes[-1].path}.{len(values)}", kind.title())) if choice % 2 else scopes
            )
            if kind == "conv":
                channels = width * (1 + choice % 2)
                kernel = 1 + 2 * (choice % 3 // 2)
                fields = {
                    "filters": channels,
                    "kernel": kernel,
                    "padding": kernel // 2,
                    "bias": choice % 4 > 1,
                }
                values.append(self.add("conv", fields, (last,), channels, inner))
            elif kind in ("bn", "relu", "silu", "depthwise_conv", "maxpool"):
                same: dict[str, Any] = {"kernel": 3, "padding": 1, "stride": 1}
                fields = same if kind in ("depthwise_conv", "maxpool") else {}
                values.append(self.add(kind, fields, (last,), channels, inner))
            elif kind == "concat":
                values.append(self.add("concat", {}, (last, other), channels + self.channels[other], inner))
            elif channels == self.channels[other] and last != other:
                operands = (last, other) if choice % 2 else (other, last)
                values.append(self.add(kind, {}, operands, channels, inner))
        return values[-1]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "conv",
                "conv",
                "conv",
                "bn",
                "relu",
                "silu",
                "depthwise_conv",
                "maxpool",
                "add",
                "add",
                "mul",
                "concat",
            )
        ),
        st.integers(0, 7),
        st.integers(1, 5),
    ),
    min_size=1,
    max_size=8,
)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """A few modules of random steps, each used a few times, and values of earlier modules read again."""
    building = Building(draw)
    modules = draw(st.lists(STEPS, min_size=1, max_size=3))
    root = Scope("", "Net")
    values = ["input"]
    with_scopes = draw(st.booleans())
    for number in range(draw(st.integers(1, 6))):
        which = draw(st.integers(0, len(modules) - 1))
        source = values[-1] if draw(st.integers(0, 4)) else draw(st.sampled_from(values))
        scope = (root, Scope(f"m{number}", f"Module{which}")) if with_scopes else (root,)
        width = draw(st.sampled_from((4, 8)))
        values.append(building.apply(modules[which], source, width, scope))
        # A wide value stays wide for long: one module may join many.
        if building.channels[values[-1]] > 200:
            values.pop()
    outputs = [values[-1]] if draw(st.integers(0, 3)) else list(dict.fromkeys(values))
    outputs = [value for value in outputs if value != "input"]
    if not outputs:
        outputs = [building.add("relu", {}, (values[-1],), building.channels[values[-1]], (root,))]
    return Draft("net", {"input": Shape(4, (SIDE, SIDE))}, building.nodes, tuple(outputs))


@given(draft=drafts())
@settings(max_examples=cases(30, 600), suppress_health_check=LAX)
def test_what_is_folded_is_the_same_network(draft: Draft) -> None:
    flat = cnncalc.load(document(draft))
    assert flat.ok
    folded = fold(draft)
    assert matching(flat, cnncalc.load(folded)) is not None
    # The text too, which is written in another way.
    assert matching(flat, cnncalc.load(text(folded))) is not None
    # And without the check: what is wrong before it costs folds.
    unchecked = cnncalc.load(with_folds(draft, flat, Permits()))
    assert matching(flat, unchecked) is not None, text(with_folds(draft, flat, Permits()))
