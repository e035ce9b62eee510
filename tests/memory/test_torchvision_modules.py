"""What torchvision's own modules hold at inference, on fake tensors: the shared networks of the zoo take as much."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from benchmarks._step import Case
from benchmarks._tracker import FAKE, setup, tracked
from cnncalc.folding import fold
from cnncalc.graph import Graph
from cnncalc.importers import document, matching, text
from cnncalc.memory import Estimate, Setup
from tests._depth import long_but
from tests.memory._watched import watched
from tests.test_torchvision import QUICK, TWINS, listed

BATCH = 8
# A part of the peak.
NEAR = 0.001
# Their spec states fewer calls than torchvision makes, none of them at the peak.
FEWER_CALLS = ("vgg", "densenet", "inception", "deeplab")
NORMS_AND_CONVOLUTIONS = ("aten.convolution.default", "aten.native_batch_norm.default")


@cache
def graph_of(name: str) -> Graph:
    return cnncalc.load(name)


def estimate(name: str, holders: str = "modules") -> Estimate:
    return Estimate(graph_of(name), Setup(mode="inference", backend=FAKE, holders=holders))


@contextmanager
def without_values(torch: ModuleType, torchvision: ModuleType) -> Iterator[None]:
    """Modules are made of fake tensors: what would read their values does not."""
    from torch._subclasses.fake_tensor import unset_fake_temporarily

    widths = torchvision.models.regnet.BlockParams
    compute = widths.from_init_params

    def computed(**numbers: Any) -> Any:
        with unset_fake_temporarily(), torch.device("cpu"):
            return compute(**numbers)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(widths, "from_init_params", computed)
        patch.setattr(torch.nn.init, "trunc_normal_", lambda tensor, *_, **__: tensor)
        yield


def model_of(torchvision: ModuleType, name: str) -> Any:
    return torchvision.models.get_model(TWINS[name].builder, weights=None, **TWINS[name].arguments).eval()


def measured_peak(torch: ModuleType, torchvision: ModuleType, name: str) -> int:
    """The peak of a prediction of torchvision's module, by PyTorch's tracker."""
    case = Case(name, "inference", "", BATCH)
    with without_values(torch, torchvision):
        return tracked(torch, graph_of(name), case, change=lambda _: model_of(torchvision, name))


@pytest.mark.parametrize("name", long_but(QUICK, TWINS))
def test_the_peak_is_that_of_torchvisions_modules(
    name: str, torch: ModuleType, torchvision: ModuleType
) -> None:
    off = estimate(name).peak(BATCH).nbytes / measured_peak(torch, torchvision, name) - 1
    assert abs(off) <= NEAR, f"{off:+.3%}"


EVERYWHERE = [name for name in TWINS if not name.startswith(FEWER_CALLS)]


@pytest.mark.parametrize("name", long_but(QUICK, EVERYWHERE))
def test_each_convolution_and_norm_finds_as_much_held(
    name: str, torch: ModuleType, torchvision: ModuleType
) -> None:
    from torch._subclasses import FakeTensorMode

    (shape,) = (node.shape for node in graph_of(name).inputs)
    assert shape is not None
    theirs: list[int] = []
    with without_values(torch, torchvision), FakeTensorMode(allow_non_fake_inputs=True):
        model, image = model_of(torchvision, name), torch.empty(BATCH, *shape.torch)
        known = [*model.parameters(), *model.buffers(), image]
        with watched(torch, known, after_each(theirs)) as tally, torch.no_grad():
            model(image)
        assert tally[1] >= max(theirs)
    ours = [
        moment.most
        for moment in estimate(name).timeline(BATCH)
        if moment.node is not None
        and graph_of(name).nodes[moment.node].kind in ("conv", "depthwise_conv", "patch_embed", "bn")
    ]
    assert ours == theirs


# Local variables of functions hold tensors there, which no module call says.
LOCAL = ("densenet", "swin")
IMPORTED = {"googlenet_bn", "mobilenet_v3_small", "regnet_y_400mf", "shufflenet_v2_x0_5", "vit_b_32"}


@pytest.mark.parametrize("name", long_but(IMPORTED, [name for name in TWINS if not name.startswith(LOCAL)]))
def test_what_is_imported_takes_as_much(name: str, torch: ModuleType, torchvision: ModuleType) -> None:
    from cnncalc.pytorch.capture.capturing import capture

    (shape,) = (node.shape for node in graph_of(name).inputs)
    assert shape is not None
    with torch.device("meta"), without_values(torch, torchvision):
        draft = capture(model_of(torchvision, name), [shape])
    folded = fold(draft, modules=True)
    graph = cnncalc.load(text(folded))
    assert matching(cnncalc.load(document(draft)), graph) is not None
    assert "blocks" in folded or name.startswith(("vgg", "alexnet", "vit")), (
        "the flat document states calls too"
    )
    peak = Estimate(graph, Setup(mode="inference", backend=FAKE, holders="modules")).peak(BATCH)
    assert peak.nbytes == measured_peak(torch, torchvision, name)


# With those that have heads in training.
TRAINED = [
    "googlenet_bn",
    "inception_v3",
    "resnet18",
    "shufflenet_v2_x0_5",
    "mobilenet_v3_small",
    "densenet121",
]


@pytest.mark.parametrize("name", long_but(("googlenet_bn", "resnet18"), TRAINED))
def test_a_training_step_is_that_of_torchvisions_modules(
    name: str, torch: ModuleType, torchvision: ModuleType
) -> None:
    class Listed(torch.nn.Module):  # type: ignore[misc,name-defined]
        """Its outputs as the steps of cnncalc's networks have them."""

        def __init__(self) -> None:
            super().__init__()
            twin = TWINS[name]
            arguments = twin.arguments if twin.training is None else twin.training
            self.whole = torchvision.models.get_model(twin.builder, weights=None, **arguments).train()

        def forward(self, image: Any) -> tuple[Any, ...]:
            return tuple(listed(self.whole(image)))

    graph, case = cnncalc.load(name, mode="training"), Case(name, "training", "sgd", BATCH)
    with without_values(torch, torchvision):
        measured = tracked(torch, graph, case, quick=True, change=lambda _: Listed())
    assert Estimate(graph, setup(case)._replace(holders="modules")).peak(BATCH).nbytes == measured


def after_each(held: list[int]) -> Callable[[str], None]:
    """A log that collects the bytes after the output of each convolution and batch norm."""
    state = {"now": 0, "seen": 1}

    def log(line: str) -> None:
        if line.startswith("  "):
            sign, number = line.split()
            state["now"] += int(f"{sign}{number}")
            if sign == "+" and not state["seen"]:
                held.append(state["now"])
                state["seen"] = 1
        elif line.startswith(NORMS_AND_CONVOLUTIONS):
            state["seen"] = 0

    return log
