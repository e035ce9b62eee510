"""Networks that people write by hand, as specs, compared with timm's.

The specs of this folder are no part of the zoo. Each is a network of a paper, written with the words of the language as
the paper draws it; together they show that these words are enough. What is compared here is computed as the test runs:
the tensors, the work and the outputs are timm's, all that `cnncalc verify` compares is as predicted in both modes, and
peaks of memory are those of PyTorch's tracker.

timm's parameters are taken in the order in which its modules are called, which is the order of a spec's layers.
"""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

import cnncalc
from benchmarks._step import Case
from benchmarks._tracker import setup, tracked
from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph
from cnncalc.memory import Estimate
from cnncalc.pytorch import build
from tests._depth import long_but
from tests._each import each
from tests.test_torchvision import Twin, ordered, shake

HERE = Path(__file__).parent


class Timm(NamedTuple):
    """How timm makes the network of a spec.

    `late` are modules that timm calls before others which the spec has before them, `early` are those the other way
    round. `reshaped` are tensors whose values have other axes here. With `heads`, the rows of the linear layer of an
    attention are by head, and in each head queries, keys and values.
    """

    model: str
    arguments: dict[str, Any] = {}  # noqa: RUF012
    late: tuple[str, ...] = ()
    early: tuple[str, ...] = ()
    reshaped: tuple[str, ...] = ()
    deployed: bool = False
    heads: int | None = None  # their width


TWINS = {
    "cbam_resnet18": Timm("resnet18", {"block_args": {"attn_layer": "cbam"}}),
    "convnextv2_atto": Timm("convnextv2_atto"),
    "dla34": Timm("dla34"),
    "ghostnet_100": Timm("ghostnet_100"),
    "hrnet_w18": Timm("hrnet_w18"),
    "maxvit_tiny_rw_224": Timm(
        "maxvit_tiny_rw_224",
        late=("shortcut",),
        early=("rel_pos",),
        reshaped=("relative_position_index",),
        heads=32,
    ),
    "mobilevit_xxs": Timm("mobilevit_xxs"),
    "poolformer_s12": Timm("poolformer_s12", reshaped=("scale",)),
    "repvgg_a0": Timm("repvgg_a0", late=("identity",)),
    "repvgg_a0_deploy": Timm("repvgg_a0", deployed=True),
    "res2net50_26w_4s": Timm("res2net50_26w_4s"),
    "skresnet18": Timm("skresnet18"),
    "vovnet39a": Timm("vovnet39a"),
}
# Those that `make test` takes: small, and each with words that others have not.
QUICK = {"convnextv2_atto", "mobilevit_xxs"}
# That of them which is run and traced as `verify` does it.
QUICK_RUNS = {"convnextv2_atto"}
# The side of the images on which networks run. Grids of 7 tile the volumes of MaxViT on multiples of 224 only.
SIDES = dict.fromkeys(TWINS, 64) | {"maxvit_tiny_rw_224": 224}
MODES = ("inference", "training")
EACH = pytest.mark.parametrize("name", long_but(QUICK, TWINS))
RUNS = pytest.mark.parametrize("name", long_but(QUICK_RUNS, TWINS))


def load(name: str, mode: str = "inference", side: int | None = None) -> Graph:
    return cnncalc.load(HERE / f"{name}.yaml", mode=mode, input=side and str(side))


def model_of(timm: ModuleType, name: str) -> Any:
    """timm's model, as in inference, on the device of the context."""
    twin = TWINS[name]
    model = timm.create_model(twin.model, pretrained=False, **twin.arguments).eval()
    if twin.deployed:
        from timm.utils.model import reparameterize_model

        return reparameterize_model(model)
    return model


def called(model: Any, images: Any) -> tuple[list[tuple[str, Any]], Any]:
    """All tensors of a model, by the first call of their modules, and the output.

    Of a module that is never called the tensors follow those of the module that is registered before it.
    """
    owners = {path: module for path, module in model.named_modules() if any(True for _ in tensors_of(module))}
    order: dict[str, int] = {}

    def note(path: str) -> Any:
        def hook(*_: Any) -> None:
            order.setdefault(path, len(order))

        return hook

    hooks = [module.register_forward_pre_hook(note(path)) for path, module in owners.items()]
    output = model(images)
    for hook in hooks:
        hook.remove()
    place, places = -1, {}
    for path in owners:
        place = order.get(path, place)
        places[path] = (place, path not in order)
    paths = sorted(owners, key=places.__getitem__)
    named = [
        (f"{path}.{name}" if path else name, tensor)
        for path in paths
        for name, tensor in tensors_of(owners[path])
    ]
    return named, output


def tensors_of(module: Any) -> Iterator[tuple[str, Any]]:
    """A module's own parameters and buffers."""
    yield from module.named_parameters(recurse=False)
    yield from module.named_buffers(recurse=False)


def by_part(tensor: Any, width: int) -> Any:
    """The rows of an attention's linear layer: queries of all heads first, then keys, then values."""
    return tensor.unflatten(0, (-1, 3, width)).transpose(0, 1).flatten(0, 2)


def test_every_spec_of_the_folder_is_compared_somewhere() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("*.py"))
    assert [path.stem for path in HERE.glob("*.yaml") if path.stem not in text] == []


@each("mode", MODES)
@each("name", TWINS)
def test_is_sound_and_has_a_source(name: str, mode: str) -> None:
    graph = load(name, mode)
    assert [item for item in cnncalc.findings(cnncalc.analyse(graph)) if item.severity > Severity.INFO] == []
    assert "arXiv" in graph.spec.origin
    assert not {node.kind for node in graph.layers} & {"reshape", "permute", "unknown"}


@EACH
def test_tensors_work_and_outputs_are_timms(torch: ModuleType, timm: ModuleType, name: str) -> None:
    """With timm's weights, in float64, as in inference; MACs by PyTorch's counter."""
    from torch.utils.flop_counter import FlopCounterMode

    graph, twin = load(name), TWINS[name]
    (image,) = (node.shape for node in graph.inputs)
    assert image is not None
    with torch.random.fork_rng(devices=()), torch.no_grad():
        torch.manual_seed(0)
        theirs = model_of(timm, name).double()
        shake(torch, theirs)
        images = torch.randn(1, *image.torch, dtype=torch.float64)
        # The counter does not know the fused kernel of the CPU: its two products are computed one by one.
        for module in theirs.modules():
            if hasattr(module, "fused_attn"):
                module.fused_attn = False
        with FlopCounterMode(display=False) as counter:
            named, expected = called(theirs, images.clone())
        model = build(graph).double().eval()
        named = ordered(named, Twin("", late=twin.late, early=twin.early))
        ours = model.state_dict()
        assert len(named) == len(ours)
        values = {}
        for (path, their), (key, our) in zip(named, ours.items(), strict=True):
            shape = our.shape if path.rpartition(".")[2] in twin.reshaped else their.shape
            assert our.shape == shape, (path, key)
            assert our.numel() == their.numel(), (path, key)
            split = twin.heads if ".qkv." in path else None
            values[key] = (by_part(their, split) if split else their).reshape(shape)
        model.load_state_dict(values)
        output = model(images)
    totals = cnncalc.analyse(graph).totals
    assert totals.macs == counter.get_total_flops() // 2
    assert totals.params == sum(parameter.numel() for parameter in theirs.parameters())
    assert totals.buffers == sum(buffer.numel() for buffer in theirs.buffers())
    assert tuple(expected.shape) == (1, 1000)
    assert expected.isfinite().all()
    assert expected.std() > 0
    assert (output - expected).abs().max() / expected.abs().max() < 1e-12


@pytest.mark.parametrize("mode", MODES)
@RUNS
def test_all_that_verify_compares(torch: ModuleType, name: str, mode: str) -> None:
    from cnncalc.pytorch.verify import verify

    verification = verify(load(name, mode, SIDES[name]), training=mode == "training")
    assert not [
        (layer.name, figure) for layer in verification.layers for figure in layer.figures if not figure.ok
    ]
    assert verification.ok
    assert all(total.ok for total in verification.totals)


@pytest.mark.parametrize("mode", MODES)
@RUNS
def test_receptive_fields_and_kept_tensors_at_full_size(torch: ModuleType, name: str, mode: str) -> None:
    from cnncalc.pytorch.verify import verify

    verification = verify(load(name, mode), device="meta", training=mode == "training")
    assert not [total for total in verification.totals if total.ok is False]


@pytest.mark.parametrize("optimizer", ["", "sgd"], ids=["inference", "sgd"])
@RUNS
def test_the_peak_is_the_tracker_s_to_the_byte(torch: ModuleType, name: str, optimizer: str) -> None:
    case = Case(name, "training" if optimizer else "inference", optimizer, 3)
    graph = load(name, case.mode)
    assert Estimate(graph, setup(case)).peak(case.batch).nbytes == tracked(torch, graph, case)
