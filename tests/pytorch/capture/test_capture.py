"""A captured model has the figures of the model, whatever cnncalc has no layer for."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.importers import Draft, document
from tests._depth import long_but
from tests._networks_in_torch import networks

NAMES = (
    *(
        "plain",
        "channels_last",
        "branches",
        "tokens",
        "rows",
        "attention",
        "learned",
        "standardized",
        "same_padding",
    ),
    *("cut", "shuffled", "recurrent", "unpooled", "weighted", "spread", "stacked"),
)


@pytest.fixture
def strict(torch: ModuleType) -> Iterator[None]:
    """Errors in mappings are raised."""
    from cnncalc.pytorch.capture.drafting import Drafting

    Drafting.strict = True
    yield
    Drafting.strict = False


def captured(torch: ModuleType, name: str) -> tuple[Any, Draft]:
    from cnncalc.pytorch.capture import capture

    module, shape = networks(torch)[name]
    return module, capture(module, [shape])


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("name", NAMES)
def test_every_layer_is_known_and_every_figure_is_that_of_the_model(torch: ModuleType, name: str) -> None:
    from torch.utils.flop_counter import FlopCounterMode

    module, draft = captured(torch, name)
    assert not draft.unknown, [node.fields for node in draft.unknown]
    graph = cnncalc.load(document(draft))
    assert graph.ok, graph.diagnostics
    totals = cnncalc.analyse(graph).totals
    assert totals.params == sum(weight.numel() for weight in module.parameters())
    _, shape = networks(torch)[name]
    with FlopCounterMode(display=False) as flops, torch.no_grad():
        output = module.eval()(torch.zeros(1, *shape))
    if name != "recurrent":
        assert totals.macs == flops.get_total_flops() // 2
    (index,) = graph.outputs
    ours = graph.nodes[index].shape
    assert ours is not None
    assert sorted(ours.torch) == sorted(output.shape[1:])


@pytest.mark.parametrize("name", NAMES)
def test_the_outputs_are_those_of_the_model(torch: ModuleType, name: str) -> None:
    from cnncalc.pytorch.proof.prove import prove

    _, draft = captured(torch, name)
    proof = prove(draft, cnncalc.load(document(draft)), lambda device: networks(torch)[name][0].to(device))
    assert proof.verdict != "differs", proof.summary


@pytest.mark.parametrize("name", long_but(("branches",), NAMES[:8]))
def test_without_any_one_mapping_no_figure_is_wrong(torch: ModuleType, name: str) -> None:
    from torch.utils.flop_counter import FlopCounterMode

    from cnncalc.pytorch.capture import mapping

    mapping.load()
    module, draft = captured(torch, name)
    shape = networks(torch)[name][1]
    with FlopCounterMode(display=False) as flops, torch.no_grad():
        module.eval()(torch.zeros(1, *shape))
    params, macs = sum(w.numel() for w in module.parameters()), flops.get_total_flops() // 2
    for removed in list(mapping.FUNCTIONS):
        before = mapping.FUNCTIONS.pop(removed)
        try:
            _, draft = captured(torch, name)
            totals = cnncalc.analyse(cnncalc.load(document(draft))).totals
        finally:
            mapping.FUNCTIONS[removed] = before
        assert totals.params == params, removed
        assert totals.macs in (None, macs), removed


def test_values_that_are_read_and_parts_that_are_written_into_are_reported(torch: ModuleType) -> None:
    for name, code in (("branch", "I040"), ("written", "I042")):
        _, draft = captured(torch, name)
        notes = [note for note in draft.notes if note.code == code]
        assert notes, name
        assert notes[0].span.file.endswith("_networks_in_torch.py")


def test_the_model_is_as_it_was(torch: ModuleType) -> None:
    module, _ = networks(torch)["plain"]
    module.train()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    graph = cnncalc.from_torch(module, [(3, 16, 16)])
    assert graph.ok
    assert module.training
    after = module.state_dict()
    assert all(torch.equal(tensor, after[name]) for name, tensor in before.items())


def test_an_error_in_the_model_says_where(torch: ModuleType) -> None:
    from cnncalc.pytorch.capture import Failed, capture

    module, _ = networks(torch)["plain"]
    with pytest.raises(Failed) as stop:
        capture(module, [(4, 16, 16)])
    assert "channels" in str(stop.value)
    assert "_networks_in_torch.py:" in stop.value.place


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_a_scripted_module_is_unknown_with_its_parameters(torch: ModuleType) -> None:
    from cnncalc.pytorch.capture import capture

    scripted = torch.jit.script(torch.nn.Sequential(torch.nn.Conv2d(3, 8, 1), torch.nn.ReLU()))
    draft = capture(torch.nn.Sequential(scripted, torch.nn.Conv2d(8, 4, 1)), [(3, 8, 8)])
    assert [node.fields["params"] for node in draft.unknown] == [32]
    assert "I041" in {note.code for note in draft.notes}
    assert not draft.unused


def tied(torch: ModuleType, order: str) -> Any:
    """A module with one weight that each letter of `order` reads: a layer (`l`), an operation without one (`u`)."""

    class Tied(torch.nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(6, 6)
            self.same = self.layer.weight
            self.register_buffer("index", torch.arange(6))

        def forward(self, x: Any) -> Any:
            for letter in order:
                part = torch.exp(self.same)[self.index][:1, :1]
                x = self.layer(x) if letter == "l" else torch.kron(x, part)
            return x

    return Tied()


@pytest.mark.parametrize("order", ["u", "uu", "uul", "ulu", "luu", "lul", "ull"])
def test_a_parameter_of_several_operations_is_counted_once(torch: ModuleType, order: str) -> None:
    from cnncalc.pytorch.capture import capture

    module = tied(torch, order)
    draft = capture(module, [(6,)])
    assert draft.unknown
    totals = cnncalc.analyse(cnncalc.load(document(draft))).totals
    assert totals.params == 36 + (6 if "l" in order else 0)
    assert totals.buffers == 6


def of(torch: ModuleType, forward: Any) -> Any:
    """A module with one convolution, and a forward of its own."""

    class Net(torch.nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.conv = torch.nn.Conv2d(3, 4, 1)

        def forward(self, x: Any) -> Any:
            return forward(self, x)

    return Net()


@pytest.mark.parametrize("name", ["real", "imag", "mT", "H", "data"])
def test_a_property_that_is_a_tensor_is_a_call(torch: ModuleType, name: str) -> None:
    """Those that have no layer are unknown, and what comes after them is not lost."""
    from cnncalc.pytorch.capture import capture

    def forward(self: Any, x: Any) -> Any:
        y = self.conv(x)
        y = torch.fft.fft(y) if name in ("real", "imag") else y[:, 0, 0] if name == "H" else y
        return torch.relu(getattr(y, name))

    draft = capture(of(torch, forward), [(3, 6, 6)])
    assert draft.nodes[0].type == "conv"
    assert not draft.unused
    assert len(draft.outputs) == 1
    if name in ("real", "imag"):
        assert [node.fields["op"] for node in draft.unknown] == ["fft", name]


@pytest.mark.parametrize("detour", [True, False])
def test_no_output_of_the_input_is_an_error_with_its_place(torch: ModuleType, detour: bool) -> None:
    from cnncalc.pytorch.capture import Failed, capture

    def forward(self: Any, x: Any) -> Any:
        return torch.from_numpy(self.conv(x).numpy()) * 2 if detour else self.conv.weight * 2

    with pytest.raises(Failed, match="no output is computed from the input") as stop:
        capture(of(torch, forward), [(3, 6, 6)])
    assert not detour or "test_capture.py:" in stop.value.place


def test_an_output_of_parameters_alone_is_left_out_and_said(torch: ModuleType) -> None:
    from cnncalc.pytorch.capture import capture

    draft = capture(of(torch, lambda self, x: (self.conv(x), self.conv.weight * 2)), [(3, 6, 6)])
    assert len(draft.outputs) == 1
    assert any("conv.weight alone: it is left out" in note.message for note in draft.notes)
