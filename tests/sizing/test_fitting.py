"""The rule that is stated is compared with every size built, over random networks."""

from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc.sizing import FittingSide, Trials, fitting, near
from cnncalc.sizing.trials import whole
from cnncalc.sizing.weights import fixed
from cnncalc.spec import Spec, read_spec
from cnncalc.text import from_text

# Sizes of each side up to which all are built, by how many sides there are.
MOST = {1: 40, 2: 22, 3: 9}
ENLARGED = ("add: [prev, start]", "concat: [start, prev]", "conv: {filters: 4, kernel: 2, stride: 2}")
ENDS = ((), ("- flatten", "- fc: 3"), ("- global_avgpool",))


def spec_of(text: str) -> Spec:
    spec = read_spec(*from_text(text))
    assert not spec.diagnostics, spec.diagnostics
    return spec


def net(input: str, *layers: str, head: str = "") -> Spec:
    return spec_of(f"cnncalc: 1\n{input}\n{head}layers:\n" + "".join(f"  - {layer}\n" for layer in layers))


def rule(spec: Spec, most: int, **options: Any) -> str:
    """The rule in words, after it has been compared with every choice of sizes up to `most`."""
    trials = Trials(spec, **options)
    fitting_sizes = fitting(trials)
    for sizes in product(range(1, most + 1), repeat=len(trials.axes)):
        assert whole(trials.network(sizes)) == trials.fits(sizes) == fitting_sizes.takes(sizes), (
            sizes,
            fitting_sizes,
        )
    return "; ".join(side.words for side in fitting_sizes.sides)


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
    lines = [f"- conv: {{filters: 4, kernel: {draw(st.integers(1, 3))}}}", "  name: start"]
    lines += [f"- {draw(window(rank))}" for _ in range(draw(st.integers(1, 3)))]
    if draw(st.booleans()):
        lines += [f"- upsample: {draw(st.integers(2, 3))}", f"- {draw(st.sampled_from(ENLARGED))}"]
    lines += draw(st.sampled_from(ENDS))
    shape = "x".join(str(draw(st.integers(4, MOST[rank]))) for _ in range(rank))
    return f"cnncalc: 1\ninput: {shape}x3\nlayers:\n" + "".join(f"  {line}\n" for line in lines), rank


@given(networks(), st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_rule_is_what_building_every_size_gives(network: tuple[str, int], strict: bool) -> None:
    text, rank = network
    rule(spec_of(text), MOST[rank], strict=strict)


CROPPED = """\
blocks:
  up:
    params: {beside: required, size: $in.height * 2}
    layers:
      - conv_transpose: {filters: 2, kernel: 2, stride: 2}
        name: larger
      - crop: $size
        from: $beside
      - concat: [prev, larger]
"""


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (net("input: 8x8x3", "maxpool: 2", "maxpool: 2"), "multiples of 4; multiples of 4"),
        (net("input: 11x3", "conv: {filters: 2, kernel: 5, stride: 4}"), "4n + 1, from 5 on"),
        (net("input: 11x3", "conv: {filters: 2, kernel: 3, stride: 4}"), "3 or more"),
        (net("input: 9x9x3", "conv: {filters: 2, kernel: 5}"), "5 or more; 5 or more"),
        (net("input: 9x9x3", "conv: {filters: 2, kernel: [1, 3], stride: 2}"), "any size; 2n + 1, from 3 on"),
        (net("input: 9x9x3", "relu"), "any size; any size"),
    ],
)
def test_a_rule_in_words(spec: Spec, words: str) -> None:
    assert rule(spec, 12) == words


def test_a_count_of_positions_is_not_a_rule_for_each_side() -> None:
    trials = Trials(net("input: 6x6x3", "reshape: {channels: 3, length: 36}"))
    sizes = fitting(trials)
    assert trials.fits((4, 9))
    assert not sizes.exact
    assert sizes.takes((6, 6))
    assert not sizes.takes((6, 7))


def test_sides_that_depend_on_each_other_are_one_rule() -> None:
    spec = net(
        "input: 20x20x3",
        "{conv: {filters: 2, kernel: 3}, name: a}",
        "maxpool: 2",
        "conv: {filters: 2, kernel: 3}",
        "{up: {beside: a}}",
        head=CROPPED,
    )
    trials = Trials(spec)
    sizes = fitting(trials)
    assert [group.axes for group in sizes.groups] == [(0, 1)]
    assert rule(spec, 18)


def test_inputs_that_depend_on_each_other_are_one_rule() -> None:
    spec = net("inputs: {a: 16x16x3, b: 8x8x3}", "{maxpool: 2, from: a}", "concat: [prev, b]", "maxpool: 2")
    trials = Trials(spec)
    sizes = fitting(trials)
    assert [group.times for group in sizes.groups] == [(2, 1), (2, 1)]
    assert [side.words for side in sizes.sides] == ["multiples of 2"] * 2
    assert near(sizes, (17, 20, 8, 10)).nearest == (16, 20, 8, 10)


def test_a_rule_for_numbers_without_end_holds_far_away() -> None:
    trials = Trials(net("input: 64x64x3", *["maxpool: 2"] * 5))
    sizes = fitting(trials)
    for size in (32 * 1000, 32 * 1000 + 1, 32 * 1001 - 1):
        assert trials.fits((size, 64)) == sizes.takes((size, 64)) == (size % 32 == 0)


def test_an_error_that_no_size_removes_leaves_nothing() -> None:
    spec = net("input: 4x4x3", "{conv: {filters: 2, kernel: 1}, name: a}", "add: [prev, input]")
    sizes = fitting(Trials(spec))
    assert sizes.base is None
    assert not any(side.some(1) for side in sizes.sides)


def test_what_expect_states_does_not_count() -> None:
    assert rule(net("input: 8x8x3", "{maxpool: 2, expect: 4x4x3}"), 9) == "multiples of 2; multiples of 2"


def test_unread_padding_fits_unless_strict() -> None:
    spec = net("input: 8x8x3", "conv: {filters: 2, kernel: 3, stride: 2, padding: 1}")
    assert rule(spec, 9) == "any size; any size"
    assert rule(spec, 9, strict=True) == "2n + 1; 2n + 1"


@pytest.mark.parametrize(
    ("wanted", "nearest", "above", "below"),
    [((350, 525), (352, 512), (352, 544), (320, 512)), ((32, 1), (32, 32), (32, 32), None)],
)
def test_the_nearest_sizes(wanted: Any, nearest: Any, above: Any, below: Any) -> None:
    sizes = fitting(Trials(net("input: 64x64x3", *["maxpool: 2"] * 5)))
    assert near(sizes, wanted) == (wanted, nearest, above, below)


def test_layers_whose_weights_are_made_for_one_size() -> None:
    trials = Trials(
        net("input: 9x9x3", "conv: {filters: 2, kernel: 3, stride: 2, padding: 1}", "flatten", "fc: 4")
    )
    outcome = fixed(trials, fitting(trials), trials.own)
    assert outcome is not None
    assert [name for name, _ in outcome.layers] == ["fc1"]
    # 9 and 10 both give 5 positions.
    assert outcome.ranges == ((9, 10), (9, 10))
    trials = Trials(net("input: 9x9x3", "conv: {filters: 2, kernel: 3}", "global_avgpool", "fc: 4"))
    assert fixed(trials, fitting(trials), trials.own) is None


def test_a_side_in_words() -> None:
    assert FittingSide(4, (0, 1, 3), 1).words == "4n - 1 to 4n + 1"
    assert FittingSide(6, (1, 3), 8).words == "6n + 1 or 6n + 3, from 9 on"
    assert FittingSide(1, (), 9, (3, 4, 5, 8)).words == "only 3 to 5, 8"
    assert FittingSide(1, (), 9, (), 8).words == "none up to 8"
    assert FittingSide(2, (0,), 6, (3,)).words == "multiples of 2, from 6 on; and 3"
