"""The sentences of a summary: each is true, recomputed from the rows by other means, and says something."""

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.analysis.summary import sentences

Figures: TypeAlias = Callable[..., Analysis]
NAMES = [
    "alexnet",
    "cifar_convnet",
    "lenet5",
    "mobilenet_v1",
    "nin",
    "resnet18",
    "three_convs",
    "vgg16",
    "zfnet",
]
FIXES = re.compile(r"(.+) fix(?:es)? the input size: (?:its|their) weights change with it")
WITHOUT = re.compile(r"([\d,]+) parameters are left without the (?:fc|(\d+) fcs)")
FOLLOWERS = ("normalisation", "activation", "regularisation")


def units(analysis: Analysis) -> list[dict[str, Any]]:
    """The convolutions and fully-connected layers, each with the figures of what follows it up to the next layer."""
    result: list[dict[str, Any]] = []
    last: dict[str, Any] | None = None
    for node in analysis.graph.layers:
        assert node.fit is not None
        family = node.fit.layer.family
        if family in ("convolution", "linear"):
            last = {"name": node.name, "family": family, "activations": 0, "parameters": 0, "MACs": 0}
            result.append(last)
        elif family not in FOLLOWERS:
            last = None
        if last is not None:
            owned, done = analysis.parameters[node.index], analysis.work[node.index]
            stored = analysis.storage[node.index]
            assert owned is not None
            assert done is not None
            assert stored is not None
            last["activations"] += stored.values
            last["parameters"] += owned.params
            last["MACs"] += done.macs
    return result


def whole(analysis: Analysis, what: str) -> int:
    totals = analysis.totals
    value = {"activations": totals.activations, "parameters": totals.params, "MACs": totals.macs}[what]
    assert value is not None
    return value


def parsed(sentence: str) -> Iterator[tuple[float, str, str]]:
    """Each percentage, of what, and where."""
    share = r"(over )?(\d+)%"
    match = re.fullmatch(
        rf"{share} of the (activations|parameters|MACs) are in ([^,]+)(?:, {share} in (.+))?", sentence
    )
    assert match, sentence
    yield int(match[2]) + 0.5 * bool(match[1]), match[3], match[4]
    if match[6]:
        yield int(match[6]) + 0.5 * bool(match[5]), match[3], match[7]


@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_is_true(name: str) -> None:
    analysis = cnncalc.analyse(cnncalc.load(name))
    convs = [unit for unit in units(analysis) if unit["family"] == "convolution"]
    shares = [text for text in sentences(analysis) if not (FIXES.fullmatch(text) or WITHOUT.fullmatch(text))]
    for percent, what, where in (part for sentence in shares for part in parsed(sentence)):
        if match := re.fullmatch(
            r"the first (\d+)(?: of (\d+) convs| convs)?|the first conv|the (\d+) convs|the conv", where
        ):
            assert int(match[2] or len(convs)) == len(convs)
            part = sum(unit[what] for unit in convs[: int(match[1] or match[3] or 1)])
        else:
            (part,) = [unit[what] for unit in units(analysis) if unit["name"] == where]
            assert part == max(unit[what] for unit in units(analysis))
        assert abs(100 * part / whole(analysis, what) - percent) <= 0.5


@pytest.mark.parametrize("name", NAMES)
def test_what_is_left_without_fully_connected_layers_is_in_the_others(name: str) -> None:
    analysis = cnncalc.analyse(cnncalc.load(name))
    other = [unit["parameters"] for unit in units(analysis) if unit["family"] != "linear"]
    count, total = len(units(analysis)) - len(other), whole(analysis, "parameters")
    matches = list(filter(None, map(WITHOUT.fullmatch, sentences(analysis))))
    assert bool(matches) == (sum(other) <= 0.4 * total)
    for match in matches:
        assert (int(match[2] or 1), int(match[1].replace(",", ""))) == (count, sum(other))


@pytest.mark.parametrize("name", NAMES)
def test_an_input_size_is_fixed_by_a_flattened_volume(name: str) -> None:
    fixes = FIXES.fullmatch(["", *sentences(cnncalc.analyse(cnncalc.load(name)))][-1])
    assert (fixes is not None) == (name not in ("mobilenet_v1", "nin", "resnet18", "three_convs"))
    assert fixes is None or fixes[1] == "fc1"


def test_of_the_courses_network() -> None:
    assert sentences(cnncalc.analyse(cnncalc.load("vgg16"))) == [
        "63% of the activations are in the first 4 of 13 convs",
        "30% of the MACs are in the first 4 convs, 60% in the first 7",
        "74% of the parameters are in fc1",
        "14,714,688 parameters are left without the 3 fcs",
        "fc1 fixes the input size: its weights change with it",
    ]


class TestWords:
    def test_of_one_conv_that_leads(self, figures: Figures) -> None:
        layers = "- conv: {filters: 8, kernel: 3, padding: 1}\n- maxpool: 4\n- conv: 4\n- conv: 4"
        assert sentences(figures(layers))[0].endswith(" are in the first conv")

    def test_of_all_convs(self, figures: Figures) -> None:
        layers = "- conv: {filters: 8, kernel: 3, padding: 1}\n- conv: 8\n- maxpool: 8\n- fc: 10"
        assert sentences(figures(layers))[0].endswith(" are in the 2 convs")
        assert sentences(figures("- conv: 8\n- maxpool: 8\n- fc: 10"))[0].endswith(" are in the conv")

    def test_all_but_a_few_are_not_all(self, figures: Figures) -> None:
        layers = "- conv: 1\n- maxpool: 2\n- flatten\n- fc: 9000"
        assert "over 99% of the parameters are in fc1" in sentences(figures(layers))

    def test_there_are_none_of_what_is_unknown(self, figures: Figures) -> None:
        assert sentences(figures("- conv: 8\n- conv: {filters: 8, kernel: 9}", sound=False)) == []

    def test_there_are_none_of_nothing(self, figures: Figures) -> None:
        assert sentences(figures("- relu")) == []

    @pytest.mark.parametrize("name", NAMES)
    def test_none_ends_with_a_stop(self, name: str) -> None:
        for sentence in sentences(cnncalc.analyse(cnncalc.load(name))):
            assert not sentence.endswith(".")


class TestNews:
    """A sentence that would be as true of any network says nothing."""

    @pytest.mark.parametrize(
        "layers",
        ["\n".join(["- conv: {filters: 3, kernel: 3, padding: 1}"] * count) for count in (1, 2, 3, 4, 6, 12)]
        + ["- flatten\n" + "\n".join(["- fc: 192"] * 4)],
    )
    def test_none_for_equal_layers(self, figures: Figures, layers: str) -> None:
        assert [
            text for text in sentences(figures(layers)) if "parameters are" in text or "MACs" in text
        ] == []

    def test_none_of_the_first_convs_of_equal_ones(self, figures: Figures) -> None:
        for count in (1, 2, 3, 4, 6, 12):
            layers = "\n".join(["- conv: {filters: 3, kernel: 3, padding: 1}"] * count)
            assert not any("activations" in text for text in sentences(figures(layers)))

    def test_none_of_one_of_two_large_ones(self, figures: Figures) -> None:
        layers = "- flatten\n- fc: 192\n- fc: 192\n- fc: 2\n- fc: 2\n- fc: 2\n- fc: 2"
        assert not any("parameters are" in text for text in sentences(figures(layers)))

    def test_one_of_a_clear_largest(self, figures: Figures) -> None:
        layers = "- flatten\n- fc: 300\n- fc: 10\n- fc: 10\n- fc: 10"
        assert [text for text in sentences(figures(layers)) if "parameters are" in text] == [
            "95% of the parameters are in fc1"
        ]

    @pytest.mark.parametrize("name", NAMES)
    def test_a_share_is_twice_what_it_would_be_of_equal_layers(self, name: str) -> None:
        analysis = cnncalc.analyse(cnncalc.load(name))
        shares = [
            text for text in sentences(analysis) if not (FIXES.fullmatch(text) or WITHOUT.fullmatch(text))
        ]
        for percent, what, where in (part for sentence in shares for part in parsed(sentence)):
            count = sum(unit[what] > 0 for unit in units(analysis))
            if not where.startswith("the "):
                assert percent >= 85 or percent * count >= 185
