"""The memory of each device of a network: what the whole run allocates, each tensor on its device."""

from functools import partial
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.analysis.devices import transfers
from cnncalc.graph import BoundLayer, Graph, Node
from cnncalc.layers.scale import Scale
from cnncalc.memory import BACKENDS, Estimate, Setup
from cnncalc.memory.advice import advise
from cnncalc.memory.allocated import Trace, inference_trace, training_trace
from cnncalc.memory.on_devices import traces, with_copies
from cnncalc.memory.replay import sizes
from tests._depth import cases
from tests._placed import placed, two
from tests.memory._agreement import check
from tests.pytorch.conftest import networks

CASES = cases(8, 150)
LAX = list(HealthCheck)
DEVICES = st.lists(st.sampled_from(("gpu0", "gpu1", "gpu2")), min_size=1, max_size=7)
CPU = BACKENDS["cpu"]

pytestmark = pytest.mark.usefixtures("one_thread")


def parts(graph: Graph, setup: Setup) -> dict[str, Trace]:
    make = training_trace if setup.mode == "training" else inference_trace
    return traces(graph, setup, partial(make, alone=False))


def held(trace: Trace, batch: int) -> list[int]:
    """Bytes after each event."""
    nbytes, now, result = sizes(trace.tensors, batch), 0, []
    for event in trace.events:
        now += nbytes[event] if event >= 0 else -nbytes[~event]
        result.append(now)
    return result


class TestTwoDevices:
    def test_a_prediction_holds_the_copies_until_their_last_reader(self) -> None:
        # By hand, in values of an image: 192 of the input on both. gpu0 holds its parameters (112), then a (256); it
        # receives b (384) for both (640), after which a and b go; then it receives twice (128) for end (768).
        first, second = Estimate(two(), Setup(mode="inference", backend=CPU)).replays(1)
        assert first.peak.nbytes == 4 * (112 + 192 + max(256 + 384 + 640, 640 + 128 + 768))
        # gpu1: its parameters (168 + 10) and b (384), which goes when gpu0 has its copy; then the copy of a (256) while
        # c (128) is made, and twice (128) of c.
        assert second.peak.nbytes == 4 * (178 + 192 + max(384, 256 + 128, 128 + 128))

    def test_figures_are_those_of_the_device_with_the_highest_peak(self) -> None:
        estimate = Estimate(two("training"), Setup(backend=CPU))
        peaks = [replay.peak.nbytes for replay in estimate.replays(4)]
        assert estimate.peak(4).nbytes == max(peaks)
        assert estimate.device(4) == ("gpu0", "gpu1")[peaks.index(max(peaks))]
        assert sum(estimate.breakdown(4).values()) == max(peaks)

    def test_each_has_its_own_cublas_workspaces(self) -> None:
        graph = cnncalc.load(
            "cnncalc: 1\ninput: 4\nlayers:\n  - {fc: 4, place: gpu0}\n  - {fc: 4, place: gpu1}\n"
            "  - {relu: , place: gpu2}\n",
            mode="training",
        )
        counts = [
            sum(tensor.category == "workspace" for tensor in replay.trace.tensors)
            for replay in Estimate(graph, Setup()).replays(1)
        ]
        assert counts == [2, 2, 0]

    def test_a_batch_fits_where_it_fits_every_device(self) -> None:
        graph = two("training")
        setup = Setup(backend=CPU)
        needed = Estimate(graph, setup).peak(10).nbytes
        for memory, largest in ((needed + 1, 10), (needed, 9)):
            answer = advise([Estimate(graph, setup)], memory)
            assert answer.modes["training"].largest == largest
            devices = answer.modes["training"].devices(memory)
            assert [device.name for device in devices] == ["gpu0", "gpu1"]
            assert all(device.need.fits for device in devices)

    def test_where_it_does_not_fit_each_device_says_so_for_itself(self) -> None:
        graph, setup = two("training"), Setup(backend=CPU)
        first, second = (replay.peak.nbytes for replay in Estimate(graph, setup).replays(10))
        answer = advise([Estimate(graph, setup)], (first + second) // 2, batch=10)
        result = answer.modes["training"]
        assert not result.need.fits
        fits = {device.name: device.need.fits for device in result.devices(answer.usable)}
        assert fits == {"gpu0": first < second, "gpu1": second < first}
        # One that shares a batch between devices is no remedy.
        assert "more_devices" not in {item.suggestion.name for item in answer.remedies}

    def test_devices_that_share_a_batch_are_refused(self) -> None:
        with pytest.raises(ValueError, match="places its layers on 2 devices"):
            cnncalc.estimate(two("training"), Setup(devices=2))

    def test_frozen_and_checkpointed_layers_are_the_same_ones(self) -> None:
        graph = two("training")
        start, stop = graph.by_name["both"], graph.by_name["end"] + 1
        copied = with_copies(graph, Setup(frozen=start, checkpoint=((start, stop),)))
        nodes = copied.graph.nodes
        assert nodes[copied.setup.frozen].name == "both"
        ((first, last),) = copied.setup.checkpoint
        assert (nodes[first].name, nodes[last - 1].name) == ("both", "end")


def scaled(graph: Graph) -> Graph:
    """The graph with a copy on another device as a layer that PyTorch has: it too makes a new tensor each way."""
    copied = with_copies(graph, Setup(mode=graph.mode))
    nodes = []
    for node in copied.graph.nodes:
        fields = {name: getattr(node, name) for name in Node.__slots__}
        if node.index in copied.copies:
            assert node.shape is not None
            fields |= {
                "fit": BoundLayer(Scale(factor=1.0), (node.shape,)), "kind": "scale", "name": f"copy{node.index}",
            }  # fmt: skip
        nodes.append(Node(**fields))
    return copied.graph.with_(
        nodes=tuple(nodes), by_name={node.name: node.index for node in nodes}, devices=()
    )


class TestAnyNetwork:
    @settings(max_examples=CASES, deadline=None, suppress_health_check=LAX)
    @given(text=networks(), places=DEVICES, mode=st.sampled_from(("inference", "training")))
    def test_every_tensor_is_on_one_device(self, text: str, places: list[str], mode: str) -> None:
        plain = cnncalc.load(text, mode=mode)
        if not plain.ok:
            return
        graph = placed(plain, places)
        setup = Setup(mode=mode, backend=CPU)
        copied = with_copies(graph, setup)
        make = training_trace if mode == "training" else inference_trace
        whole = make(copied.graph, copied.setup)
        split = parts(graph, setup)
        loaded = {name: [t for t in part.tensors if t.name == "input"] for name, part in split.items()}
        tensors = sum(len(part.tensors) for part in split.values()) - sum(map(len, loaded.values()))
        assert tensors == sum(tensor.name != "input" for tensor in whole.tensors)
        # At the end the devices hold what the whole run holds; each one that reads an input has it.
        inputs = sum(tensor.nbytes(2) for tensor in whole.tensors if tensor.name == "input")
        mine = sum(tensor.nbytes(2) for tensors in loaded.values() for tensor in tensors)
        assert sum(held(part, 2)[-1] for part in split.values()) - mine == held(whole, 2)[-1] - inputs
        # No device frees what it does not hold, or holds a tensor twice.
        for part in split.values():
            alive: set[int] = set()
            for event in part.events:
                assert (event not in alive) if event >= 0 else (~event in alive)
                alive ^= {event if event >= 0 else ~event}

    @settings(max_examples=CASES, deadline=None, suppress_health_check=LAX)
    @given(text=networks(), mode=st.sampled_from(("inference", "training")))
    def test_one_device_is_as_none(self, text: str, mode: str) -> None:
        plain = cnncalc.load(text, mode=mode)
        if not plain.ok:
            return
        make = training_trace if mode == "training" else inference_trace
        setup = Setup(mode=mode)
        part = parts(placed(plain, ["gpu0"]), setup)["gpu0"]
        whole = make(plain, setup)
        read = {source for node in plain.layers for source in node.inputs}
        if all(node.index in read for node in plain.inputs):
            assert part == whole

    @settings(max_examples=CASES, deadline=None, suppress_health_check=LAX)
    @given(text=networks(), places=DEVICES, mode=st.sampled_from(("inference", "training")))
    def test_a_run_with_copies_holds_what_pytorch_holds(
        self, torch: ModuleType, text: str, places: list[str], mode: str
    ) -> None:
        plain = cnncalc.load(text, mode=mode)
        if not plain.ok:
            return
        graph = scaled(placed(plain, places))
        check(torch, graph)

    def test_a_copy_is_each_way_what_a_layer_with_a_new_tensor_is(self) -> None:
        graph = two("training")
        make = partial(training_trace, setup=Setup())
        assert make(with_copies(graph, Setup()).graph) == make(scaled(graph))

    def test_there_is_a_copy_for_every_transfer(self) -> None:
        graph = two()
        assert len(with_copies(graph, Setup()).copies) == len(transfers(graph, 1)) == 3
