"""Remedies: every figure is that of a fresh replay, and every edit is valid and does what it says."""

from typing import Any, ClassVar

import pytest

import cnncalc
from cnncalc import plugins
from cnncalc.api import read_path
from cnncalc.diagnostic import edited
from cnncalc.graph import Graph, build
from cnncalc.memory import BACKENDS, Estimate, Setup
from cnncalc.memory.advice import Harm, RemedyCase, RemedyOutcome, largest, need, remedies, suggestions
from cnncalc.memory.advice.remedies import remedy_type
from cnncalc.render.memory.words import RemedyWords, describe_remedy
from cnncalc.spec import read_spec
from cnncalc.text import Source, from_text
from tests._depth import long_but

MIB, GIB = 2**20, 2**30
HEAD = "cnncalc: 1\ninput: 64x64x3\n"


def case(text: str, batch: int = 64, usable: int = MIB, mode: str = "training", **options: Any) -> RemedyCase:
    """A run of a spec, or of a shipped one; the keywords are fields of the setup, `values` those of the spec."""
    values = options.pop("values", {})
    graph = cnncalc.load(text, mode=mode, values=values)
    assert graph.ok, graph.diagnostics
    setup = Setup(mode=mode)._replace(**options)
    return RemedyCase(Estimate(graph, setup), batch, usable, values=values)


def words(outcome: RemedyOutcome) -> RemedyWords:
    return describe_remedy(outcome.way.change)


def outcomes(name: str, case: RemedyCase) -> list[RemedyOutcome]:
    return list(remedy_type(name)().outcomes(case))


def again(case: RemedyCase, outcome: RemedyOutcome) -> Graph:
    """The network of an outcome, from the text with its edits, or with its values."""
    spec = case.graph.spec
    if outcome.way.fix is None:
        return outcome.way.graph
    source = spec.sources[spec.file]
    text = edited(source.text, outcome.way.fix)
    return build(read_spec(Source(source.name, text, source.path)), mode=case.graph.mode, values=case.values)


def text_of(outcome: RemedyOutcome, text: str) -> str:
    assert outcome.way.fix is not None
    return edited(text, outcome.way.fix)


class TestEvery:
    # Deep networks have many remedies, and each takes replays of the whole network.
    QUICK = ("alexnet", "resnet20_cifar", "unet", "vgg16")
    CASES: ClassVar[tuple[tuple[str, int, int, dict[str, Any]], ...]] = (
        ("resnet50", 256, 12 * GIB, {}),
        ("resnet101", 64, 6 * GIB, {}),
        ("vgg16", 1, GIB, {"optimizer": "adam"}),
        ("densenet121", 64, 8 * GIB, {"optimizer": "sgd", "options": {"momentum": 0.9}}),
        ("alexnet", 1024, 2 * GIB, {"backend": BACKENDS["cpu"], "optimizer": "adamw"}),
        ("mobilenet_v2", 512, 16 * GIB, {"dtype": "float64"}),
        ("unet", 32, 8 * GIB, {}),
        ("googlenet", 128, 2 * GIB, {"devices": 2}),
        ("vit_b_16", 64, 4 * GIB, {"optimizer": "adam", "devices": 2, "sharded": True}),
        ("resnet50", 4096, 12 * GIB, {"mode": "inference"}),
        ("resnet20_cifar", 8192, 4 * GIB, {"accumulate": 2}),
        ("three_convs", 50, 500 * MIB, {}),
        ("three_convs", 50, 500 * MIB, {"mode": "inference"}),
    )

    @pytest.mark.parametrize(("name", "batch", "usable", "options"), long_but(QUICK, CASES))
    def test_figure_is_that_of_a_fresh_replay(
        self, name: str, batch: int, usable: int, options: dict[str, Any]
    ) -> None:
        remedy_case = case(name, batch, usable, **options)
        assert not remedy_case.now.fits
        listed = suggestions(remedy_case)
        assert listed
        for remedy in listed:
            way, outcome = remedy.outcome.way, remedy.outcome
            graph = again(remedy_case, outcome)
            assert graph.ok
            fresh = need(Estimate(graph, way.setup), way.batch, usable)
            assert fresh == outcome.need
            assert outcome.saved == remedy_case.now.peak.nbytes - fresh.peak.nbytes
            layers = [
                (node.name, node.shape, node.fit and node.fit.layer) for node in remedy_case.graph.nodes
            ]
            after = [(node.name, node.shape, node.fit and node.fit.layer) for node in graph.nodes]
            assert (layers != after) == remedy.changes_network or remedy.name == "in_place"

    @pytest.mark.parametrize(("name", "batch", "usable", "options"), long_but(QUICK, CASES))
    def test_best_comes_first(self, name: str, batch: int, usable: int, options: dict[str, Any]) -> None:
        listed = suggestions(case(name, batch, usable, **options))
        order = [(not outcome.outcome.need.fits, outcome.harm, -outcome.outcome.saved) for outcome in listed]
        assert order == sorted(order)
        # What saves no tensor makes room in another way: fewer gaps between the allocator's segments.
        assert all(outcome.outcome.saved > 0 or outcome.outcome.need.fits for outcome in listed)

    def test_pure_16_bits_in_training_come_last_and_say_what_they_risk(self) -> None:
        listed = suggestions(case("vgg16", 128, 8 * GIB))
        fitting = [outcome for outcome in listed if outcome.outcome.need.fits]
        assert words(fitting[-1].outcome).options == "--dtype bfloat16"
        assert "training may" in words(fitting[-1].outcome).risk
        assert fitting[0].harm is Harm.NONE
        assert not any(
            words(outcome.outcome).risk for outcome in suggestions(case("vgg16", 4096, 8 * GIB, "inference"))
        )

    def test_is_one_file_with_one_class(self) -> None:
        assert len(remedies.names()) >= 10
        for name in remedies.names():
            assert remedy_type(name).key == name
            assert isinstance(remedy_type(name).changes_network, bool)

    def test_new_file_is_found(self) -> None:
        assert remedies.names() == plugins.names("cnncalc.memory.advice.remedies")

    def test_nothing_is_suggested_where_nothing_helps(self) -> None:
        text = HEAD + "layers:\n  - relu\n"
        remedy_case = case(text, 1, 2 * MIB, "inference", dtype="float16", backend=BACKENDS["cpu"])
        assert [suggestion.name for suggestion in suggestions(remedy_case)] == []


class TestSmallerBatch:
    def test_is_the_largest_that_fits(self) -> None:
        remedy_case = case("resnet50", 256, 12 * GIB)
        (outcome,) = outcomes("smaller_batch", remedy_case)
        assert outcome.way.batch == largest(remedy_case.estimate, 12 * GIB) < 256
        assert outcome.need.fits

    def test_is_none_where_the_batch_fits_or_none_does(self) -> None:
        assert not outcomes("smaller_batch", case("resnet50", 8, 12 * GIB))
        assert not outcomes("smaller_batch", case("resnet50", 8, MIB))


class TestAccumulatedGradients:
    def test_has_as_few_parts_as_fit(self) -> None:
        remedy_case = case("resnet50", 600, 12 * GIB)
        (outcome,) = outcomes("accumulated_gradients", remedy_case)
        parts = outcome.way.setup.accumulate
        assert (outcome.way.batch, outcome.need.fits) == (-(-600 // parts), True)
        fewer = Estimate(remedy_case.graph, remedy_case.setup._replace(accumulate=max(2, parts - 1)))
        assert not need(fewer, -(-600 // (parts - 1)), 12 * GIB).fits

    def test_of_a_batch_that_does_not_divide_says_so(self) -> None:
        (outcome,) = outcomes("accumulated_gradients", case("resnet50", 257, 12 * GIB))
        assert words(outcome).title == "the gradients of 2 batches of 129 or fewer, added up"
        assert words(outcome).options == "--batch 129 --accumulate 2"

    def test_multiplies_what_is_accumulated_already(self) -> None:
        (outcome,) = outcomes("accumulated_gradients", case("resnet50", 256, 12 * GIB, accumulate=3))
        assert outcome.way.setup.accumulate == 6

    def test_is_of_training_with_more_than_one_image(self) -> None:
        assert not outcomes("accumulated_gradients", case("resnet50", 4096, GIB, "inference"))
        assert not outcomes("accumulated_gradients", case("resnet50", 1, MIB))
        assert not outcomes("accumulated_gradients", case("resnet50", 8, MIB))


class TestSixteenBits:
    @pytest.mark.parametrize(
        ("dtype", "options"),
        [
            ("float64", ["--dtype float32", "--dtype bfloat16"]),
            ("float32", ["--autocast bfloat16", "--dtype bfloat16"]),
            ("float16", []),
            ("bfloat16", []),
        ],
    )
    def test_ways_by_type(self, dtype: str, options: list[str]) -> None:
        listed = outcomes("sixteen_bits", case("resnet18", dtype=dtype))
        assert [words(outcome).options for outcome in listed] == options

    def test_halves_a_prediction(self) -> None:
        remedy_case = case("three_convs", 8, MIB, "inference", backend=BACKENDS["cpu"])
        _, whole = outcomes("sixteen_bits", remedy_case)
        assert 2 * whole.need.peak.nbytes == remedy_case.now.peak.nbytes

    def test_model_under_autocast_leaves_it(self) -> None:
        (outcome,) = outcomes("sixteen_bits", case("resnet18", autocast="bfloat16"))
        assert (outcome.way.setup.dtype, outcome.way.setup.autocast) == ("bfloat16", None)


class TestCheckpointing:
    def test_names_the_block_that_saves_most(self) -> None:
        remedy_case = case("resnet50", 64)
        (outcome,) = outcomes("checkpointing", remedy_case)
        assert words(outcome).options == "--checkpoint bottleneck"
        assert len(outcome.way.setup.checkpoint) == 16

    def test_takes_all_outermost_blocks_where_that_saves_more(self) -> None:
        outcome, both = outcomes("checkpointing", case("resnet110_cifar", 64))
        assert words(outcome).options == "--checkpoint basic"
        assert words(both).options == "--checkpoint basic --checkpoint halving"
        assert both.saved > outcome.saved > 0

    def test_adds_to_what_is_checkpointed(self) -> None:
        remedy_case = case("resnet110_cifar", 64)
        (first, _) = outcomes("checkpointing", remedy_case)
        more = RemedyCase(Estimate(remedy_case.graph, first.way.setup), 64, MIB)
        options = [words(outcome).options for outcome in outcomes("checkpointing", more)]
        assert "--checkpoint basic" not in options
        for outcome in outcomes("checkpointing", more):
            assert set(first.way.setup.checkpoint) <= set(outcome.way.setup.checkpoint)

    def test_needs_blocks_and_training(self) -> None:
        assert not outcomes("checkpointing", case("alexnet"))
        assert not outcomes("checkpointing", case("resnet50", mode="inference"))


class TestMoreDevices:
    def test_are_as_few_as_fit(self) -> None:
        for batch, count in ((256, 2), (512, 4), (4096, 8)):
            (outcome,) = outcomes("more_devices", case("resnet50", batch, 12 * GIB))
            assert words(outcome).options == f"--devices {count}"

    def test_are_sharded_where_parameters_dominate(self) -> None:
        plain, sharded = outcomes("more_devices", case("vgg16", 1, GIB, optimizer="adam"))
        assert not plain.way.setup.sharded
        assert sharded.way.setup.sharded
        assert sharded.saved > plain.saved

    def test_are_more_than_there_are(self) -> None:
        (outcome,) = outcomes("more_devices", case("resnet50", 512, 12 * GIB, devices=2))
        assert outcome.way.setup.devices == 4


class TestOptimizer:
    def test_adam_becomes_sgd(self) -> None:
        (outcome,) = outcomes("another_optimizer", case("vgg16", 1, optimizer="adam"))
        assert words(outcome).options == "--optimizer sgd"
        weights = sum(weight.size for weight in _weights("vgg16"))
        assert outcome.saved >= 2 * 4 * weights

    def test_momentum_is_dropped_with_what_needs_it(self) -> None:
        options = {"momentum": 0.9, "nesterov": 1.0}
        (outcome,) = outcomes("another_optimizer", case("vgg16", 1, optimizer="sgd", options=options))
        assert (words(outcome).options, outcome.way.setup.options) == ("without --momentum", {})

    def test_step_in_one_kernel_saves_adams_roots(self) -> None:
        remedy_case = case("vgg16", 1, optimizer="adam")
        (outcome,) = outcomes("leaner_step", remedy_case)
        assert outcome.saved > 0
        assert outcome.way.setup.implementation in ("fused", "single")

    @pytest.mark.parametrize("name", ["another_optimizer", "leaner_step"])
    def test_is_of_training(self, name: str) -> None:
        assert not outcomes(name, case("vgg16", mode="inference"))


def _weights(name: str) -> list[Any]:
    return [
        weight
        for node in cnncalc.load(name).layers
        if node.fit
        for weight in node.fit.layer.weights(node.fit.inputs)
    ]


class TestInPlace:
    TEXT = HEAD + (
        "layers:\n"
        "  - conv: {filters: 32, kernel: 3, padding: 1}\n"
        "  - relu: {inplace: false}\n"
        "  - conv: {filters: 32, kernel: 3, padding: 1, act: {relu: {inplace: false}}}\n"
        "  - global_avgpool\n"
    )

    def test_turns_what_is_refused(self) -> None:
        (outcome,) = outcomes("in_place", case(self.TEXT))
        assert text_of(outcome, self.TEXT).count("inplace: true") == 2

    def test_saves_where_an_activation_is_the_peak(self) -> None:
        text = HEAD + (
            "layers:\n  - conv: {filters: 32, kernel: 3}\n  - relu: {inplace: false}\n"
            "  - conv: {filters: 1, kernel: 3}\n"
        )
        remedy_case = case(text, mode="inference")
        (outcome,) = outcomes("in_place", remedy_case)
        assert outcome.saved > remedy_case.now.peak.nbytes / 4

    def test_leaves_what_is_needed(self) -> None:
        text = HEAD + (
            "layers:\n  - conv: {filters: 8, kernel: 3}\n    name: stem\n"
            "  - relu: {inplace: false}\n  - add: [stem, prev]\n"
        )
        assert not outcomes("in_place", case(text))

    def test_in_defaults(self) -> None:
        text = HEAD + (
            "defaults:\n  relu: {inplace: false}\n"
            "layers:\n  - conv: {filters: 32, kernel: 3, act: relu}\n  - conv: {filters: 8, kernel: 3}\n"
        )
        (outcome,) = outcomes("in_place", case(text))
        assert "relu: {inplace: true}" in text_of(outcome, text)

    def test_is_nothing_where_nothing_is_refused(self) -> None:
        assert not outcomes("in_place", case("resnet18"))


class TestLargerStride:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("conv: {filters: 8, kernel: 4, stride: 2}", "conv: {filters: 8, kernel: 4, stride: 4}"),
            ("conv: {filters: 8, kernel: 4}", "conv: {filters: 8, kernel: 4, stride: 2}"),
            (
                "conv: {kernel: 4, filters: 8, stride: [2, 1]}",
                "conv: {kernel: 4, filters: 8, stride: [4, 2]}",
            ),
            (
                "conv:\n      kernel: 4   # a comment\n      filters: 8\n    name: a",
                "conv:\n      kernel: 4   # a comment\n      stride: 2\n      filters: 8\n    name: a",
            ),
            (
                "conv: {filters: 8,\n           kernel: 4}",
                "conv: {filters: 8,\n           kernel: 4, stride: 2}",
            ),
            ("maxpool: {kernel: 4, stride: 2}", "maxpool: {kernel: 4, stride: 4}"),
        ],
    )
    def test_edits(self, before: str, after: str) -> None:
        text = HEAD + f"layers:\n  - {before}\n  - relu\n"
        (outcome,) = outcomes("larger_stride", case(text))
        assert text_of(outcome, text) == HEAD + f"layers:\n  - {after}\n  - relu\n"

    def test_of_a_main_argument_alone(self) -> None:
        text = HEAD + "defaults:\n  conv: {kernel: 2}\nlayers:\n  - conv: 16   # narrow\n  - relu\n"
        (outcome,) = outcomes("larger_stride", case(text))
        assert "  - conv: {filters: 16, stride: 2}   # narrow\n" in text_of(outcome, text)

    def test_takes_every_expectation_along(self) -> None:
        text = (
            (
                "cnncalc: 1\ninput: 64x64x3\nlayers:\n  - conv:\n      kernel: 4\n      filters: 8\n"
                "    expect: 61x61x8\n  - {relu: , expect: 61x61x8}\n"
            )
            .replace("64x64", "63x63")
            .replace("61x61", "60x60")
        )
        remedy_case = case(text.replace("63x63", "64x64").replace("60x60", "61x61"))
        (outcome,) = outcomes("larger_stride", remedy_case)
        after = text_of(outcome, remedy_case.graph.spec.sources[remedy_case.graph.spec.file].text)
        assert "stride: 2" in after
        assert after.count("expect: 31x31x8") == 2
        assert cnncalc.load(after).ok

    def test_takes_along_what_is_on_the_same_line(self) -> None:
        text = HEAD + (
            "layers: [{expect: 31x31x8, conv: {filters: 8, kernel: 4, stride: 2}, name: a}, "
            "{relu: , expect: 31x31x8}]\n"
        )
        (outcome,) = outcomes("larger_stride", case(text))
        assert text_of(outcome, text) == text.replace("stride: 2", "stride: 4").replace("31x31", "16x16")

    @pytest.mark.parametrize(
        "layers",
        [
            # By a parameter, wider than its window, where what follows no longer fits, or several.
            "params: {step: 1}\nlayers:\n  - conv: {filters: 8, kernel: 4, stride: $step}\n",
            "layers:\n  - conv: {filters: 8, kernel: 1}\n  - maxpool: 2\n",
            "layers:\n  - conv: {filters: 8, kernel: 8, stride: 8}\n    name: a\n  - conv: {filters: 8, kernel: 8}\n",
            "layers:\n  - conv: {filters: 3, kernel: 4, padding: same}\n  - add: [input, prev]\n",
            "layers:\n  - conv: {filters: 8, kernel: 4, padding: same}\n    repeat: 2\n",
        ],
    )
    def test_is_left_where_no_edit_is_sure(self, layers: str) -> None:
        assert not any(outcome.saved for outcome in outcomes("larger_stride", case(HEAD + layers)))

    def test_is_where_it_saves_most(self) -> None:
        remedy_case = case("resnet50", 64)
        outcome, *others = outcomes("larger_stride", remedy_case)
        assert words(outcome).title == "stride 4 instead of 2 in conv1"
        assert outcome.saved > remedy_case.now.peak.nbytes / 2
        assert all(other.saved < outcome.saved for other in others)

    def test_comes_before_that_of_the_defaults(self) -> None:
        text = (
            HEAD
            + "defaults:\n  conv: {kernel: 3, padding: same, stride: 2}\nlayers:\n  - conv: 8\n  - relu\n"
        )
        (outcome,) = outcomes("larger_stride", case(text))
        assert text_of(outcome, text) == text.replace("- conv: 8", "- conv: {filters: 8, stride: 3}")

    def test_is_the_smallest_that_fits(self) -> None:
        text = HEAD + "layers:\n  - conv: {filters: 64, kernel: 8, padding: same}\n  - relu\n"
        rows = {}
        for stride in range(1, 9):
            changed = text.replace("same", f"same, stride: {stride}")
            rows[stride] = case(changed, mode="inference", backend=BACKENDS["cpu"]).now.peak.nbytes
        usable = rows[3] + 1
        (outcome,) = outcomes(
            "larger_stride", case(text, usable=usable, mode="inference", backend=BACKENDS["cpu"])
        )
        assert "stride: 3" in text_of(outcome, text)
        assert outcome.need.fits
        assert outcome.need.peak.nbytes == rows[3]

    def test_is_not_only_twice_the_stride(self) -> None:
        """Twice is 4, wider than the window of 3: 3 is offered, in each of the exercise's layers."""
        titles = [words(outcome).title for outcome in outcomes("larger_stride", case("three_convs", 50))]
        assert titles == [f"stride 3 instead of 2 in conv{number}" for number in (1, 2, 3)]

    def test_leaves_no_row_unread(self) -> None:
        """7 positions and a window of 5: with stride 2 they fit, 3 and 4 lose one or two."""
        text = "cnncalc: 1\ninput: 7x7x3\nlayers:\n  - conv: {filters: 8, kernel: 5}\n"
        for outcome in outcomes("larger_stride", case(text, usable=1, backend=BACKENDS["cpu"])):
            assert "stride: 2" in text_of(outcome, text)
            assert cnncalc.load(text_of(outcome, text)).ok

    def test_in_another_file_is_left(self) -> None:
        remedy_case = case("resnet101", 64)
        assert not outcomes("larger_stride", remedy_case)
        assert remedy_case.not_tried["larger_stride"] > 2

    def test_tries_fewer_layers_of_a_deep_network(self) -> None:
        convs = "".join(
            f"  - conv: {{filters: 8, kernel: 3, padding: same}}\n    name: c{n}\n" for n in range(500)
        )
        remedy_case = case(HEAD + "layers:\n" + convs)
        assert len(outcomes("larger_stride", remedy_case)) == 3
        assert remedy_case.not_tried["larger_stride"] == 500 - 3

    def test_says_how_many_layers_it_leaves(self) -> None:
        convs = "".join("  - conv: {filters: 8, kernel: 3, padding: same}\n" for _ in range(9))
        remedy_case = case(HEAD + "layers:\n" + convs)
        assert len(outcomes("larger_stride", remedy_case)) == 3
        assert remedy_case.not_tried["larger_stride"] == 3


class TestRemovedLayer:
    def test_of_the_exercise(self) -> None:
        """Without the first or the second, the volumes after them are larger: these save nothing."""
        remedy_case = case("three_convs", 50)
        listed = outcomes("removed_layer", remedy_case)
        assert sorted(words(outcome).title for outcome in listed) == [
            "without conv1",
            "without conv2",
            "without conv3",
        ]
        (saving,) = [outcome for outcome in listed if outcome.saved > 0]
        assert words(saving).title == "without conv3"
        assert [str(node.shape) for node in again(remedy_case, saving).layers][-1] == "50x75x200"

    CONV = "conv: {filters: 8, kernel: 3, padding: 1, norm: bn, act: relu}"

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (f"layers:\n  - {CONV}\n  - relu\n", "layers:\n  - relu\n"),
            (f"layers:\n  - relu\n  - {CONV}   # last\n", "layers:\n  - relu\n"),
            (f"layers:\n  - relu\n  - {CONV}", "layers:\n  - relu\n"),
            (f"layers:\n  - {CONV}\n    expect: 64x64x8\n  - relu\n", "layers:\n  - relu\n"),
            (
                "layers:\n  - conv:\n      filters: 8\n      kernel: 3\n    name: a\n  - {relu: , expect: 62x62x8}\n",
                "layers:\n  - {relu: , expect: 64x64x3}\n",
            ),
            (f"layers: [{CONV}, relu]\n", "layers: [relu]\n"),
            (f"layers: [relu, {{{CONV}}}]\n", "layers: [relu]\n"),
            (f"layers: [relu, {{{CONV}, expect: 64x64x8}}, relu]\n", "layers: [relu, relu]\n"),
        ],
    )
    def test_edits(self, before: str, after: str) -> None:
        """The whole item goes, with its norm and its activation; an `expect` after it follows."""
        text = HEAD + before
        (outcome,) = [
            outcome
            for outcome in outcomes("removed_layer", case(text))
            if words(outcome).title.startswith(("without conv", "without a"))
        ]
        assert text_of(outcome, text) == HEAD + after
        assert again(case(text), outcome).ok

    @pytest.mark.parametrize(
        "layers",
        [
            # The only one, the size of a sum, a name that another item uses, the classes, several of one item.
            "layers:\n  - conv: {filters: 8, kernel: 3}\n",
            "layers:\n  - conv: {filters: 8, kernel: 1}\n    name: a\n  - relu\n  - add: [a, prev]\n",
            "layers:\n  - global_avgpool\n  - fc: 10\n",
            "layers:\n  - conv: {filters: 8, kernel: 3}\n    repeat: 2\n  - relu\n",
        ],
    )
    def test_is_left_where_the_rest_is_not_valid(self, layers: str) -> None:
        listed = outcomes("removed_layer", case(HEAD + layers))
        assert not [outcome for outcome in listed if words(outcome).title != "without relu1"]

    def test_of_a_classifier_leaves_the_classes(self) -> None:
        titles = {words(outcome).title for outcome in outcomes("removed_layer", case("alexnet", 4096))}
        assert titles
        assert "without fc3" not in titles

    def test_tries_those_that_hold_most(self) -> None:
        convs = "".join(
            f"  - conv: {{filters: {2**number}, kernel: 3, padding: same}}\n" for number in range(9)
        )
        remedy_case = case(HEAD + "layers:\n" + convs)
        titles = [words(outcome).title for outcome in outcomes("removed_layer", remedy_case)]
        assert len(titles) == 3
        assert titles[0] == "without conv9"
        assert remedy_case.not_tried["removed_layer"] == 3


class TestFewerLayers:
    def test_of_a_parameter(self) -> None:
        (outcome,) = outcomes("fewer_layers", case("resnet50", 64))
        assert words(outcome).title == "stage1: 2 instead of 3, 10 layers less"
        assert words(outcome).options == "--set stage1=2"
        assert outcome.way.fix is not None

    def test_as_many_as_it_takes(self) -> None:
        remedy_case = case("resnet101", 64, 6 * GIB)
        (outcome,) = outcomes("fewer_layers", remedy_case)
        assert outcome.need.fits
        assert words(outcome).options.startswith("--set stage3=")

    def test_of_a_parameter_that_is_given(self) -> None:
        (outcome,) = outcomes("fewer_layers", case("resnet18", 64, values={"stage1": 5}))
        assert (words(outcome).options, outcome.way.fix) == ("--set stage1=4", None)

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("layers:\n  - relu\n  - conv: {filters: 8, kernel: 3}\n    repeat: N\n", (5, 4)),
            (
                "blocks:\n  b:\n    params: {times: required}\n    layers:\n      - conv: {filters: 8, kernel: 3}\n"
                "        repeat: $times\nlayers:\n  - b: {times: N}\n",
                (5, 4),
            ),
            (
                "params: {depth: N, twice: 2 * $depth}\nlayers:\n  - conv: {filters: 8, kernel: 3}\n"
                "    repeat: $twice\n",
                (5, 4),
            ),
            (
                "blocks:\n  b:\n    params: {times: N}\n    layers:\n      - sequence:\n"
                "          - conv: {filters: 8, kernel: 3}\n        repeat: $times\nlayers:\n  - b:\n",
                (5, 4),
            ),
            (
                "layers:\n  - residual:\n      - conv: {filters: 3, kernel: 3, padding: 1}\n        repeat: N\n",
                (5, 4),
            ),
            (
                "layers:\n  - concat:\n      - - conv: {filters: 3, kernel: 3, padding: 1}\n          repeat: N\n"
                "      - input\n",
                (5, 4),
            ),
        ],
    )
    def test_counts(self, before: str, after: tuple[int, int]) -> None:
        was, now = after
        text = HEAD + before.replace("N", str(was), 1)
        (outcome,) = outcomes("fewer_layers", case(text))
        assert text_of(outcome, text) == HEAD + before.replace("N", str(now), 1)

    def test_of_what_counts_nothing_is_nothing(self) -> None:
        text = HEAD + (
            "params: {times: 8}\nblocks:\n  b:\n    params: {times: 2}\n    layers:\n"
            "      - conv: {filters: $times, kernel: 3}\n"
            "layers:\n  - conv: {filters: $times, kernel: 3}\n  - b:\n"
        )
        assert not outcomes("fewer_layers", case(text))

    def test_leaves_one(self) -> None:
        text = HEAD + "layers:\n  - conv: {filters: 8, kernel: 3}\n    repeat: 1\n"
        assert not outcomes("fewer_layers", case(text))


class TestRun:
    def test_that_names_nodes_is_computed_again_for_an_edited_network(self) -> None:
        graph = cnncalc.load("resnet50", mode="training")
        setup = Setup(frozen=10)
        remedy_case = RemedyCase(Estimate(graph, setup), 64, MIB)
        # The numbers of nodes do not say what is frozen in another network.
        assert not list(remedy_type("larger_stride")().outcomes(remedy_case))
        asked = []

        def setup_for(graph: Graph) -> Setup | None:
            asked.append(graph)
            return setup

        remedy_case = RemedyCase(Estimate(graph, setup), 64, MIB, setup_for=setup_for)
        assert list(remedy_type("larger_stride")().outcomes(remedy_case))
        assert asked

    def test_from_a_file_that_extends_another(self, tmp_path: Any) -> None:
        (tmp_path / "base.yaml").write_text(
            HEAD
            + "params: {times: 3, more: 4}\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    repeat: $times\n"
            "  - conv: {filters: 32, kernel: 3}\n    repeat: $more\n"
        )
        path = tmp_path / "net.yaml"
        path.write_text("cnncalc: 1\nextends: base.yaml\nparams: {times: 6}\n")
        graph = build(read_path(path), mode="training")
        assert graph.ok
        remedy_case = RemedyCase(Estimate(graph, Setup()), 8, MIB)
        (outcome,) = outcomes("fewer_layers", remedy_case)
        # `more` is written in the other file, which other specs may extend: it is reported beside the spec.
        assert (words(outcome).options, outcome.way.fix) == ("--set more=3", None)
        own = build(read_path(path), mode="training", values={"more": 1})
        (outcome,) = outcomes("fewer_layers", RemedyCase(Estimate(own, Setup()), 8, MIB, values={"more": 1}))
        assert outcome.way.fix is not None
        assert [edit.span.file for edit in outcome.way.fix.edits] == [str(path)]

    def test_text_without_a_file(self) -> None:
        spec = read_spec(*from_text(TestInPlace.TEXT))
        remedy_case = RemedyCase(Estimate(build(spec, mode="training"), Setup()), 8, MIB)
        assert outcomes("in_place", remedy_case)


class TestOptionsThatAreTurnedOn:
    def test_segments_that_grow_are_tried_where_the_tensors_fit(self) -> None:
        plain = case("vgg16", 64)
        peak = plain.now.peak.nbytes
        assert outcomes("expandable_segments", case("vgg16", 64, peak // 2)) == []
        (grown,) = outcomes("expandable_segments", case("vgg16", 64, peak + 400 * MIB))
        assert grown.saved == 0
        assert grown.need.fits
        assert words(grown).options == "--expandable-segments"

    def test_they_are_suggested_where_only_the_gaps_are_too_much(self) -> None:
        peak = case("resnet18", 64).now.peak.nbytes
        tight = case("resnet18", 64, peak + 48 * MIB)
        assert not tight.now.fits
        assert "expandable_segments" in [item.name for item in suggestions(tight) if item.outcome.need.fits]

    def test_gradients_in_buckets_are_for_devices_that_have_some(self) -> None:
        assert outcomes("bucket_views", case("vgg16", 64)) == []
        (view,) = outcomes("bucket_views", case("vgg16", 64, devices=2))
        assert view.saved > 0

    def test_state_on_the_host_saves_all_of_it(self) -> None:
        plain = case("vgg16", 64, optimizer="adam")
        (outcome,) = outcomes("offloaded_state", plain)
        assert outcome.saved >= plain.estimate.breakdown(64)["optimizer"]
        assert outcome.estimate.breakdown(64)["optimizer"] == 0
        assert words(outcome).options == "--offload optimizer"

    def test_activations_on_the_host_save_most_of_them(self) -> None:
        plain = case("unet", 8)
        (outcome,) = outcomes("offloaded_activations", plain)
        assert outcome.saved > plain.now.peak.nbytes / 2
        assert words(outcome).options == "--offload activations"
        # What is checkpointed is not offloaded.
        assert outcomes("offloaded_activations", case("unet", 8, checkpoint=((0, 2),))) == []

    def test_a_state_of_8_bits_is_for_adam(self) -> None:
        assert outcomes("eight_bit_state", case("vgg16", 64)) == []
        assert (
            outcomes("eight_bit_state", case("vgg16", 64, optimizer="adam", options={"amsgrad": True})) == []
        )
        (narrow,) = outcomes("eight_bit_state", case("vgg16", 64, optimizer="adam"))
        state = narrow.estimate.breakdown(64)["optimizer"]
        # A byte for each of 4, and a scale of 4 bytes for each 256 values.
        wide = Estimate(narrow.way.graph, Setup(optimizer="adam")).breakdown(64)["optimizer"]
        assert state == pytest.approx(wide * (1 / 4 + 1 / 256), rel=0.01)
        assert narrow.way.harm is None
