"""The rule that is stated is compared with every size built, over random networks."""

from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc.api import read_path
from cnncalc.sizing import Trials, fitting
from cnncalc.spec import Spec, read_spec
from cnncalc.text import from_text

AXES = {1: 40, 2: 22, 3: 9}


def spec_of(text: str) -> Spec:
    spec = read_spec(*from_text(text))
    assert not spec.diagnostics, spec.diagnostics
    return spec


def holds(spec: Spec, most: int, **options: Any) -> str:
    """Compare the rule with every choice of sizes up to `most`; the rule in words."""
    trials = Trials(spec, **options)
    found = fitting(trials)
    for sizes in product(range(1, most + 1), repeat=len(trials.axes)):
        assert trials.fits(sizes) == (sizes in found), (sizes, found)
    return "; ".join(side.words for side in found.sides)


@st.composite
def window(draw: st.DrawFn, rank: int) -> str:
    def sizes(least: int, most: int) -> str:
        values = [draw(st.integers(least, most)) for _ in range(rank)]
        return str(values[0] if rank == 1 or draw(st.booleans()) else values)

    kind = draw(st.sampled_from(["conv", "conv", "maxpool", "avgpool"]))
    fields = {"kernel": sizes(2, 4), "stride": sizes(1, 3)}
    padding = draw(st.sampled_from(["0", "1", "same", "valid"]))
    if padding != "1" or kind == "conv":
        fields["padding"] = padding
    if kind == "conv":
        fields["filters"] = "4"
    elif draw(st.booleans()) and padding != "same":
        fields["rounding"] = "ceil"
    return f"{kind}: {{{', '.join(f'{name}: {value}' for name, value in fields.items())}}}"


@st.composite
def networks(draw: st.DrawFn) -> tuple[str, int]:
    rank = draw(st.sampled_from([1, 2, 2, 3]))
    lines = [f"- conv: {{filters: 4, kernel: {draw(st.integers(1, 3))}}}\n  name: start"]
    for _ in range(draw(st.integers(1, 3))):
        lines.append(f"- {draw(window(rank))}")
    if draw(st.booleans()):
        lines.append(f"- upsample: {draw(st.integers(2, 3))}")
        merge = draw(st.sampled_from(["add: [prev, start]", "concat: [start, prev]", "conv: {filters: 4, kernel: 2, stride: 2}"]))
        lines.append(f"- {merge}")
    lines += draw(st.sampled_from([[], ["- flatten", "- fc: 3"], ["- global_avgpool"]]))
    shape = "x".join(str(draw(st.integers(4, AXES[rank]))) for _ in range(rank))
    layers = "".join(f"  {line}\n" for text in lines for line in text.split("\n"))
    return f"cnncalc: 1\ninput: {shape}x3\nlayers:\n{layers}", rank


@given(networks(), st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_rule_is_what_building_every_size_gives(network: tuple[str, int], strict: bool) -> None:
    text, rank = network
    holds(spec_of(text), AXES[rank], strict=strict)
