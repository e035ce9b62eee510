"""What is on each device of a network, and what the devices send to each other."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.analysis.devices import Transfer
from cnncalc.graph import Graph
from tests._depth import cases
from tests._placed import placed, two
from tests.pytorch.conftest import networks

DEVICES = st.lists(st.sampled_from(("gpu0", "gpu1", "gpu2")), min_size=1, max_size=7)


def sent(graph: Graph, batch: int = 1) -> list[tuple[str, str, str, int | None, int | None]]:
    transfers = cnncalc.analyse(graph, batch=batch).devices.transfers
    return [(item.node.name, item.source, item.target, item.values, item.nbytes) for item in transfers]


class TestTwoDevices:
    def test_each_has_the_figures_of_its_layers(self) -> None:
        first, second = cnncalc.analyse(two()).devices.figures
        assert (first.name, first.layers, first.params) == ("gpu0", 3, 4 * 3 * 9 + 4)
        assert (second.name, second.layers, second.params) == ("gpu1", 3, (6 * 3 * 9 + 6) + (2 * 4 + 2))
        assert first.activations == 64 * (4 + 10 + 12)
        assert second.activations == 64 * (6 + 2 + 2)
        assert (first.macs, second.macs) == (64 * 4 * 27, 64 * (6 * 27 + 2 * 4))
        assert (first.loaded, second.loaded) == (192, 192)

    def test_each_tensor_that_another_device_reads_is_sent(self) -> None:
        assert sent(two(), batch=3) == [
            ("a", "gpu0", "gpu1", 256, 256 * 4 * 3),
            ("b", "gpu1", "gpu0", 384, 384 * 4 * 3),
            ("twice", "gpu1", "gpu0", 128, 128 * 4 * 3),
        ]

    def test_received_and_sent_are_their_sums(self) -> None:
        first, second = cnncalc.analyse(two()).devices.figures
        assert (first.received, first.sent) == (384 + 128, 256)
        assert (second.received, second.sent) == (256, 384 + 128)

    def test_gradients_come_back_in_training_only(self) -> None:
        for mode, returned in (("inference", 0), ("training", 256)):
            first, second = cnncalc.analyse(two(mode)).devices.figures
            assert (first.gradients_received, second.gradients_sent) == (returned, returned)


def layers(*items: str) -> Graph:
    return cnncalc.load("\n".join(["cnncalc: 1", "input: 8x8x3", "layers:", *items]) + "\n", mode="training")


class TestTransfers:
    def of(self, graph: Graph) -> tuple[Transfer, ...]:
        assert graph.ok, graph.diagnostics
        return cnncalc.analyse(graph).devices.transfers

    def test_a_tensor_is_sent_once_to_a_device_with_several_readers(self) -> None:
        graph = layers(
            "  - {conv: 4, name: a, place: gpu0}",
            "  - {add: [[{conv: 4, from: a}], [{conv: 4, from: a}], a], place: gpu1}",
        )
        (transfer,) = self.of(graph)
        assert (transfer.values, [item.name for item in transfer.readers]) == (
            256,
            ["conv1", "conv2", "add1"],
        )

    def test_a_tensor_is_sent_to_each_device_that_reads_it(self) -> None:
        graph = layers(
            "  - {conv: 4, name: a, place: gpu0}",
            "  - {conv: 4, name: b, place: gpu1}",
            "  - {conv: 4, from: a, place: gpu2}",
            "  - {add: [prev, b]}",
        )
        assert not graph.ok
        graph = layers(
            "  - {conv: 4, name: a, place: gpu0}",
            "  - {conv: 4, name: b, place: gpu1}",
            "  - {conv: 4, from: a, place: gpu2}",
            "  - {add: [prev, b], place: gpu2}",
        )
        assert [(item.node.name, item.target) for item in self.of(graph)] == [
            ("a", "gpu1"), ("a", "gpu2"), ("b", "gpu2"),
        ]  # fmt: skip

    def test_a_layer_that_reads_only_a_size_receives_nothing(self) -> None:
        graph = layers(
            "  - {conv: 4, name: a, place: gpu0}",
            "  - {avgpool: 2, from: in, name: small, place: gpu1}",
            "  - {conv: 4, name: c, from: a}",
            "  - {resize_to: {of: [c, small]}, place: gpu0}",
        )
        assert self.of(graph) == ()

    def test_no_gradient_comes_back_to_what_does_not_learn(self) -> None:
        graph = layers("  - {avgpool: 2, name: a, place: gpu0}", "  - {conv: 4, place: gpu1}")
        (transfer,) = self.of(graph)
        assert not transfer.gradient

    def test_no_gradient_comes_back_from_what_no_output_reads(self) -> None:
        graph = layers(
            "  - {conv: 4, name: a, place: gpu0}",
            "  - {conv: 4, place: gpu1}",
            "  - {conv: 2, from: a, place: gpu0}",
        )
        (transfer,) = self.of(graph)
        assert (transfer.target, transfer.gradient) == ("gpu1", False)

    def test_figures_are_unknown_after_an_error_and_never_zero(self) -> None:
        graph = layers("  - {conv: {filters: 4, kernel: 9}, place: gpu0}", "  - {conv: 4, place: gpu1}")
        first, second = cnncalc.analyse(graph).devices.figures
        assert {first.params, first.activations, second.macs, second.received} == {None}


class TestAnyNetwork:
    @pytest.mark.usefixtures("one_thread")
    @settings(max_examples=cases(10, 200), deadline=None, suppress_health_check=list(HealthCheck))
    @given(text=networks(), places=DEVICES, mode=st.sampled_from(("inference", "training")))
    def test_the_devices_add_up_to_the_network(self, text: str, places: list[str], mode: str) -> None:
        plain = cnncalc.load(text, mode=mode)
        if not plain.ok:
            return
        graph = placed(plain, places)
        analysis, whole = cnncalc.analyse(graph), cnncalc.analyse(plain).totals
        figures = analysis.devices.figures
        inputs = sum(node.shape.size for node in graph.inputs if node.shape)
        assert sum(item.params or 0 for item in figures) == whole.params
        assert sum(item.macs or 0 for item in figures) == whole.macs
        assert sum(item.activations or 0 for item in figures) + inputs == whole.activations
        assert sum(item.layers for item in figures) == whole.layers
        assert sum(item.received or 0 for item in figures) == sum(item.sent or 0 for item in figures)
        if len(set(places)) == 1 or len(graph.devices) == 1:
            assert not analysis.devices.transfers
            assert {item.received for item in figures} == {0}

    @settings(max_examples=cases(10, 200), deadline=None, suppress_health_check=list(HealthCheck))
    @given(text=networks(), places=DEVICES)
    def test_a_transfer_stands_for_all_readers_on_its_device(self, text: str, places: list[str]) -> None:
        graph = placed(cnncalc.load(text), places)
        pairs = {
            (source, node.place)
            for node in graph.layers
            for source in (node.inputs[:1] if node.fit and node.fit.layer.reads_first else node.inputs)
            if graph.nodes[source].place not in (None, node.place)
        }
        transfers = cnncalc.analyse(graph).devices.transfers
        assert len(transfers) == len(pairs)
        assert {(item.node.index, item.target) for item in transfers} == pairs
