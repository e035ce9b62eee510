"""What is built is a plain module: named as the spec, traced, compiled, exported, moved, saved and loaded."""

import copy
import pickle
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.graph import Graph

SPEC = """cnncalc: 1
input: 16x16x3
blocks:
  stage:
    layers:
      - residual:
          - conv: {filters: 8, kernel: 3, padding: half, norm: bn, act: relu}
          - conv: {filters: 8, kernel: 3, padding: half, norm: bn}
        shortcut: project
      - relu
layers:
  - stage
  - conv: {filters: 8, kernel: 2, padding: same}
  - concat: [[], [conv: 4], [{maxpool: {kernel: 3, stride: 1, padding: 1}}]]
  - mul: [[], [global_avgpool, {conv: {filters: $in.channels, act: sigmoid}}]]
  - dropout
  - global_avgpool
  - fc: 5
"""


def load(text: str, **options: Any) -> Graph:
    graph = cnncalc.load(text if text.startswith("cnncalc") else f"cnncalc: 1\n{text}", **options)
    assert graph.ok, graph.diagnostics
    return graph


@pytest.fixture
def model(torch: ModuleType) -> Any:
    from cnncalc.pytorch import build

    return build(load(SPEC), seed=0).eval()


@pytest.fixture
def image(torch: ModuleType) -> Any:
    return torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(1))


def same(torch: ModuleType, first: Any, other: Any) -> None:
    torch.testing.assert_close(first, other, rtol=0, atol=0)


def test_submodules_are_named_as_in_the_spec(model: Any) -> None:
    assert type(model).__name__ == "Network"
    names = [name for name, module in model.named_modules() if not list(module.children())]
    assert names[:7] == [
        "stage1.conv1",
        "stage1.conv1_bn",
        "stage1.conv1_relu",
        "stage1.conv2",
        "stage1.conv2_bn",
        "stage1.project1",
        "stage1.project1_bn",
    ]
    assert "conv1" in names
    assert "conv1_zeropad2d" in names
    assert "(conv1): Conv2d(8, 8, kernel_size=(2, 2), stride=(1, 1))" in repr(model)


def test_the_forward_can_be_read(model: Any) -> None:
    lines = [line.split(";")[0].strip() for line in model.code.splitlines()]
    assert "stage1_conv1 = self.stage1.conv1(input_1)" in lines
    assert "add = torch.add(stage1_conv2_bn, stage1_project1_bn)" in lines
    assert "return fc1" in lines


def test_parameters_come_in_the_order_of_the_layers(model: Any) -> None:
    graph = load(SPEC)
    weights = [
        weight.shape
        for node in graph.layers
        if node.fit
        for weight in node.fit.layer.weights(node.fit.inputs)
    ]
    assert [tuple(parameter.shape) for parameter in model.parameters()] == weights


@pytest.mark.parametrize("backend", ["eager", pytest.param("aot_eager", marks=pytest.mark.long)])
def test_torch_compile(torch: ModuleType, model: Any, image: Any, backend: str) -> None:
    compiled = torch.compile(model, backend=backend, fullgraph=True)
    with torch.no_grad():
        same(torch, compiled(image), model(image))


def test_torch_export(torch: ModuleType, model: Any, image: Any) -> None:
    exported = torch.export.export(model, (image,))
    assert set(exported.state_dict) == set(model.state_dict())
    with torch.no_grad():
        same(torch, exported.module()(image), model(image))


def test_symbolic_trace(torch: ModuleType, model: Any, image: Any) -> None:
    with torch.no_grad():
        same(torch, torch.fx.symbolic_trace(model)(image), model(image))


def test_deepcopy_and_pickle(torch: ModuleType, model: Any, image: Any) -> None:
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert list(other.state_dict()) == list(model.state_dict())
        with torch.no_grad():
            same(torch, other(image), model(image))


def test_state_dict_survives_a_round_trip(torch: ModuleType, model: Any, image: Any) -> None:
    from cnncalc.pytorch import build

    other = build(load(SPEC), seed=1).eval()
    with torch.no_grad():
        assert not torch.equal(other(image), model(image))
        file = BytesIO()
        torch.save(model.state_dict(), file)
        file.seek(0)
        other.load_state_dict(torch.load(file, weights_only=True))
        same(torch, other(image), model(image))


def test_model_to(torch: ModuleType, model: Any, image: Any) -> None:
    assert model.to(torch.float64)(image.double()).dtype is torch.float64
    assert model.to("meta")(image.double().to("meta")).shape == (2, 5)


def test_device_and_dtype(torch: ModuleType) -> None:
    from cnncalc.pytorch import build

    model = build(load(SPEC), device="meta", dtype=torch.bfloat16)
    assert {(p.device.type, p.dtype) for p in model.parameters()} == {("meta", torch.bfloat16)}
    # Whatever device the caller has made the default.
    with torch.device("meta"):
        assert {p.device.type for p in build(load(SPEC)).parameters()} == {"cpu"}


def test_a_seed_repeats_and_leaves_the_global_state(torch: ModuleType) -> None:
    from cnncalc.pytorch import build

    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    state = build(load(SPEC), seed=3).state_dict()
    same(torch, torch.rand(3), expected)
    other = build(load(SPEC), seed=3).state_dict()
    for name, tensor in state.items():
        same(torch, other[name], tensor)
    # Without a seed the global state decides, as with any module.
    torch.manual_seed(3)
    for name, tensor in build(load(SPEC)).state_dict().items():
        same(torch, tensor, state[name])


def test_names_that_a_module_has_a_use_for(torch: ModuleType) -> None:
    from cnncalc.pytorch import build

    names = [
        "train",
        "code",
        "graph",
        "class",
        "type",
        "a-b",
        "1x",
        "to",
        "self",
        "torch",
        "training",
        "_modules",
    ]
    layers = "".join(f"  - conv: 3\n    name: {name}\n" for name in names)
    model = build(load(f"input: 4x4x3\nlayers:\n{layers}"))
    assert [name for name, _ in model.named_children()] == [
        *("train_", "code_", "graph_", "class_", "type_", "a-b", "1x", "to_", "self_", "torch", "training_"),
        "_modules_",
    ]
    image = torch.rand(1, 3, 4, 4)
    same(torch, torch.fx.symbolic_trace(model)(image), model(image))
    assert torch.export.export(model, (image,)).module()(image).shape == (1, 3, 4, 4)


def test_names_that_run_together(torch: ModuleType) -> None:
    from cnncalc.pytorch import build
    from cnncalc.pytorch.names import placed

    names = ["a.b", "a", "a.b.c", "a_b", "p_zeropad2d", "p"]
    layers = "".join(
        f"  - conv: {{filters: 3, kernel: 2, padding: same}}\n    name: {name}\n" for name in names
    )
    graph = load(f"input: 4x4x3\nlayers:\n{layers}")
    paths = [step.path for steps in placed(graph).values() for step in steps]
    assert len(set(paths)) == len(paths) == 2 * len(names)
    assert build(graph)(torch.rand(1, 3, 4, 4)).shape == (1, 3, 4, 4)
    assert len(list(build(graph).parameters())) == 2 * len(names)


def test_several_inputs_and_outputs(torch: ModuleType) -> None:
    from cnncalc.pytorch import build

    inputs = ["class", "a-b", "a_b", "a.b", "1a", "self", "torch"]
    shapes = ", ".join(f"{name}: 4x4x3" for name in inputs)
    model = build(
        load(
            f"inputs: {{{shapes}}}\noutputs: [sum, both]\nlayers:\n  - add: [{', '.join(inputs)}]\n    name: sum\n"
            "  - concat: [sum, class]\n    name: both\n"
        )
    )
    images = [torch.rand(2, 3, 4, 4) for _ in inputs]
    total, both = model(*images)
    torch.testing.assert_close(total, sum(images))
    same(torch, both, torch.cat([total, images[0]], 1))


def test_shared_weights_are_one_module(torch: ModuleType) -> None:
    from cnncalc.pytorch import build

    model = build(
        load(
            "input: 8x8x4\nlayers:\n  - conv: {filters: 4, kernel: 3, padding: half}\n    name: one\n  - relu\n"
            "  - conv: {filters: 4, kernel: 3, padding: half}\n    share: one\n"
        )
    )
    assert model.code.count("self.one(") == 2
    assert sorted(model.state_dict()) == ["one.bias", "one.weight"]


def test_shared_weights_under_other_arguments(torch: ModuleType) -> None:
    """Another stride is another module; its parameters are the same ones, wherever the model goes."""
    from cnncalc.pytorch import build

    graph = load(
        "input: 8x8x4\nlayers:\n  - conv: {filters: 4, kernel: 3, padding: half}\n    name: one\n"
        "  - conv: {filters: 4, kernel: 3, padding: same, stride: 2}\n    share: one\n    name: two\n"
        "  - conv: {filters: 4, kernel: 3, padding: same, stride: 2}\n    share: two\n"
    )
    for model in (build(graph), copy.deepcopy(build(graph)), build(graph).to(torch.float64)):
        layer, two, third = (model.get_submodule(name) for name in ("one", "two", "conv1"))
        assert two.weight is layer.weight
        assert third.bias is layer.bias
        assert len(list(model.parameters())) == 2
        assert two.stride == (2, 2)
    assert build(graph)(torch.rand(1, 4, 8, 8)).shape == (1, 4, 2, 2)


def test_shared_buffers_under_other_arguments_are_refused(torch: ModuleType) -> None:
    from cnncalc.pytorch import _faults, build
    from cnncalc.pytorch.fitness import Unbuildable

    with pytest.raises(Unbuildable) as caught:
        build(load(_faults.SHARED_STATE.invalid))
    assert [item.code for item in caught.value.diagnostics] == ["T002"]
    assert "`bn2` shares the buffers of `bn1`" in str(caught.value)
    build(load(_faults.SHARED_STATE.valid))


def test_a_layer_without_a_twin_is_named(torch: ModuleType) -> None:
    from cnncalc.pytorch import _faults, build
    from cnncalc.pytorch.fitness import Unbuildable

    with pytest.raises(Unbuildable, match="`avgpool1`") as caught:
        build(load(_faults.NO_TWIN.invalid))
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.span.line) == ("T001", 4)
    build(load(_faults.NO_TWIN.valid))


def test_a_spec_with_errors_reports_them(torch: ModuleType) -> None:
    from cnncalc.pytorch import build
    from cnncalc.pytorch.fitness import Unbuildable

    graph = cnncalc.load(
        "cnncalc: 1\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"
    )
    with pytest.raises(Unbuildable) as caught:
        build(graph)
    assert [item.code for item in caught.value.diagnostics] == ["S001"]


def test_in_place_where_the_spec_says_and_where_it_is_safe(torch: ModuleType) -> None:
    from cnncalc.pytorch import build

    spec = (
        "input: 4x4x3\nlayers:\n  - conv: {filters: 3, act: relu}\n  - residual:\n      - relu\n      - conv: 3\n"
        "  - conv: 3\n  - relu: {inplace: false}\n  - conv: 3\n  - relu6: {inplace: true}\n"
    )
    model = build(load(spec))
    in_place = {name: module.inplace for name, module in model.named_modules() if hasattr(module, "inplace")}
    # relu1 stands over what the residual adds.
    assert in_place == {"conv1_relu": True, "relu1": False, "relu2": False, "relu61": True}


ONLY = [name for name in zoo.names() if "only:" in Path(zoo.path(name) or "").read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", ONLY)
def test_what_is_trained_with_heads_loads_without_them(torch: ModuleType, name: str) -> None:
    """Shared parts have equal names in both modes."""
    from cnncalc.pytorch import build

    trained = build(cnncalc.load(name, mode="training"), device="meta").state_dict()
    used = build(cnncalc.load(name), device="meta")
    missing, unexpected = used.load_state_dict(trained, strict=False, assign=True)
    assert not missing
    assert unexpected


def test_numbers_move_where_unnamed_layers_follow_what_is_left_out(torch: ModuleType) -> None:
    """As docs/pytorch.md says: so name what follows an `only:` item."""
    from cnncalc.pytorch import build

    text = (
        "input: 4x4x3\noutputs: [end]\nlayers:\n  - conv: 3\n  - conv: 5\n    only: training\n    name: {}\n"
        "  - conv: 3\n    from: conv1\n    name: {}\n"
    )
    named = {
        mode: set(build(load(text.format("head", "end"), mode=mode)).state_dict())
        for mode in ("training", "inference")
    }
    assert named["inference"] < named["training"]


HIDDEN = """
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name == "torch" or name.startswith("torch."):
            raise ModuleNotFoundError(f"No module named {name!r}", name="torch")
sys.meta_path.insert(0, Hide())
"""
MISSING = "PyTorch is not installed: install it with `pip install 'cnncalc[torch]'`"


def hidden(code: str) -> subprocess.CompletedProcess[str]:
    """Run Python where torch can't be found."""
    return subprocess.run(
        [sys.executable, "-c", HIDDEN + code], capture_output=True, text=True, timeout=120, check=False
    )


def test_missing_torch_is_one_line() -> None:
    done = hidden("from cnncalc.__main__ import main\nsys.argv = ['cnncalc', 'verify', 'lenet5']\nmain()")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"Error: {MISSING}\n"


def test_missing_torch_in_a_program() -> None:
    done = hidden("import cnncalc.pytorch as p\ntry: p.build\nexcept p.MissingTorch as e: print(e)")
    assert (done.stdout.strip(), done.stderr) == (MISSING, "")


def test_the_room_can_be_imported_without_torch() -> None:
    """Its faults are pages of the documentation, which needs no torch."""
    done = hidden("import cnncalc.pytorch._faults, cnncalc.pytorch.fitness")
    assert done.returncode == 0, done.stderr
