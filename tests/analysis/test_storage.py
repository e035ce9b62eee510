"""Which tensors are stored: in place only where nothing else needs what is overwritten."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.analysis import Analysis
from cnncalc.layers import Storage

Figures: TypeAlias = Callable[..., Analysis]
CONV = "- conv: {filters: 3, kernel: 3, padding: 1}\n"


def how(analysis: Analysis) -> dict[str, str]:
    """By name of each layer: `own`, or how it lives in which node's tensor."""
    by_name = {}
    for node, stored in zip(analysis.graph.nodes, analysis.storage, strict=True):
        assert stored is not None
        assert node.shape is not None
        assert stored.values == (node.shape.size if stored.storage is Storage.OWN else 0)
        assert (stored.root == node.index) is (stored.storage is Storage.OWN)
        if not node.is_input:
            root = analysis.graph.nodes[stored.root].name
            by_name[node.name] = "own" if root == node.name else f"{stored.storage.value}, {root}"
    return by_name


class TestInPlace:
    def test_after_a_layer_that_keeps_its_input(self, figures: Figures) -> None:
        assert how(figures(f"{CONV}- relu\n{CONV}"))["relu1"] == "in place, conv1"

    def test_after_a_norm(self, figures: Figures) -> None:
        assert how(figures(f"{CONV}- bn\n- relu\n{CONV}"))["relu1"] == "in place, bn1"

    def test_after_an_addition(self, figures: Figures) -> None:
        assert how(figures(f"- residual:\n  {CONV}- relu\n- maxpool: 2"))["relu1"] == "in place, add1"

    def test_as_the_last_layer(self, figures: Figures) -> None:
        assert how(figures(f"{CONV}- relu"))["relu1"] == "in place, conv1"

    def test_through_a_view(self, figures: Figures) -> None:
        storage = how(figures(f"{CONV}- flatten\n- relu\n- fc: 10"))
        assert storage["flatten1"] == "view, conv1"
        assert storage["relu1"] == "in place, conv1"

    @pytest.mark.parametrize("kept", ["relu", "sigmoid", "tanh", "softmax"])
    def test_not_over_an_output_that_its_layer_keeps(self, figures: Figures, kept: str) -> None:
        assert how(figures(f"{CONV}- {kept}\n- relu\n{CONV}"))[f"relu{2 if kept == 'relu' else 1}"] == "own"

    def test_not_over_such_an_output_through_a_view(self, figures: Figures) -> None:
        storage = how(figures(f"{CONV}- sigmoid\n- flatten\n- relu\n- fc: 10"))
        assert (storage["flatten1"], storage["relu1"]) == ("view, sigmoid1", "own")

    def test_not_over_an_input_of_the_network(self, figures: Figures) -> None:
        assert how(figures(f"- relu\n{CONV}"))["relu1"] == "own"
        assert how(figures("- flatten\n- relu\n- fc: 10")) == {
            "flatten1": "view, input",
            "relu1": "own",
            "fc1": "own",
        }

    def test_not_over_an_output_of_the_network(self, figures: Figures) -> None:
        storage = how(figures(f"{CONV}- relu", head="outputs: [conv1, relu1]\n"))
        assert storage["relu1"] == "own"

    def test_not_over_what_another_layer_reads(self, figures: Figures) -> None:
        storage = how(figures(f"{CONV}  name: stem\n- relu\n- add: [prev, stem]"))
        assert storage["relu1"] == "own"

    def test_not_over_what_another_layer_reads_through_a_view(self, figures: Figures) -> None:
        storage = how(figures(f"{CONV}  name: stem\n- flatten\n- relu\n- fc: 10\n  name: one\n"
                           "- global_avgpool:\n  from: stem", head="outputs: [one, global_avgpool1]\n"))  # fmt: skip
        assert storage["relu1"] == "own"

    def test_where_the_spec_says_true(self, figures: Figures) -> None:
        assert how(figures(f"{CONV}- relu: {{inplace: true}}\n{CONV}"))["relu1"] == "in place, conv1"

    def test_not_where_the_spec_says_false(self, figures: Figures) -> None:
        assert how(figures(f"{CONV}- relu: {{inplace: false}}\n{CONV}"))["relu1"] == "own"

    def test_one_after_another(self, figures: Figures) -> None:
        """Each but the first would overwrite what the one before it keeps."""
        storage = how(figures(f"{CONV}- relu\n- relu\n- relu\n{CONV}"))
        assert (storage["relu1"], storage["relu2"], storage["relu3"]) == ("in place, conv1", "own", "own")


class TestViews:
    def test_flatten_stores_nothing(self, figures: Figures) -> None:
        assert how(figures(f"{CONV}- flatten"))["flatten1"] == "view, conv1"

    def test_identity_stores_nothing(self, figures: Figures) -> None:
        assert how(figures("- identity\n- identity")) == {
            "identity1": "view, input",
            "identity2": "view, input",
        }

    def test_dropout_is_one_in_inference_alone(self, figures: Figures) -> None:
        spec = f"{CONV}- dropout: 0.5\n- flatten"
        assert how(figures(spec)) == {"conv1": "own", "dropout1": "view, conv1", "flatten1": "view, conv1"}
        assert how(figures(spec, mode="training")) == {
            "conv1": "own", "dropout1": "own", "flatten1": "view, dropout1",
        }  # fmt: skip

    def test_merges_store_their_own(self, figures: Figures) -> None:
        storage = how(figures(f"{CONV}- add: [prev, input]\n- concat: [prev, conv1]\n- mul: [prev, concat1]"))
        assert set(storage.values()) == {"own"}

    @pytest.mark.parametrize(
        "part",
        ["crop: 4", "slice: {axis: height, stop: 4}", "slice: {step: 2}", "slice: {axis: width, step: 3}"],
    )
    @pytest.mark.parametrize(
        "flat", ["flatten", "reshape: {channels: 1, length: $in.channels * $in.positions}"]
    )
    def test_of_what_is_spread_is_a_copy(self, figures: Figures, part: str, flat: str) -> None:
        flat = flat.replace("$in.positions", "$in.height * $in.width")
        storage = list(how(figures(f"{CONV}- {part}\n- relu\n- {flat}\n- sigmoid")).values())
        assert [text.partition(",")[0] for text in storage[1:4]] == ["view", "in place", "own"]

    @pytest.mark.parametrize(
        "part", ["chunk: {of: 3, index: 1}", "slice: {start: 1}", "slice: {axis: width, step: 2}", "crop: 8"]
    )
    def test_of_what_lies_in_a_row_is_none(self, figures: Figures, part: str) -> None:
        assert how(figures(f"{CONV}- {part}\n- flatten"))["flatten1"] == "view, conv1"

    def test_of_a_copy_is_a_view_of_that(self, figures: Figures) -> None:
        storage = how(
            figures(f"{CONV}- crop: 4\n- flatten\n- reshape: {{channels: 6, length: 8}}\n- dropout: 0.5")
        )
        assert list(storage.values())[1:] == ["view, conv1", "own", "view, flatten1", "view, flatten1"]


class TestActivations:
    def test_are_the_stored_values_and_the_input(self, figures: Figures) -> None:
        assert figures(f"{CONV}- relu\n- flatten\n- fc: 10").totals.activations == 192 + 192 + 10

    @pytest.mark.parametrize(("dtype", "size"), [("float32", 4), ("float64", 8), ("bfloat16", 2)])
    def test_bytes_are_of_a_batch_in_a_type(self, figures: Figures, dtype: str, size: int) -> None:
        assert figures(CONV, batch=3, dtype=dtype).totals.activation_bytes == 384 * 3 * size

    def test_are_unknown_after_an_error(self, figures: Figures) -> None:
        analysis = figures("- conv: {filters: 4, kernel: 9}\n- relu\n- flatten", sound=False)
        assert [stored is None for stored in analysis.storage] == [False, True, True, True]


class TestNeeds:
    """Why a layer may not work in place: the end of a sentence."""

    @pytest.mark.parametrize(
        ("layers", "head", "reason"),
        [
            (f"{CONV}- relu", "", None),
            ("- relu", "", "is an input of the network"),
            (f"{CONV}- relu", "outputs: [conv1, relu1]\n", "is an output of the network"),
            (f"{CONV}- relu\n- add: [prev, conv1]", "", "2 layers read"),
            (f"{CONV}- sigmoid\n- relu", "", "`sigmoid1` keeps for its backward pass"),
        ],
    )
    def test_are_reported(self, figures: Figures, layers: str, head: str, reason: str | None) -> None:
        analysis = figures(layers, head=head)
        assert analysis.needed_besides(analysis.graph.nodes[analysis.graph.by_name["relu1"]]) == reason
