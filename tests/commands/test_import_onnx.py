"""ONNX files on the command line: what can be wrong with one is a sentence with a way out, and nothing is written."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands._program import Ended, run

onnx = pytest.importorskip("onnx")

CONV = "agraph (float[1,3,8,8] x) => (float[1,4,6,6] y) { y = Conv(x, w) }"
OPEN = "agraph (float[N,3,H,W] x) => (float[N,4,P,Q] y) { y = Conv(x, w) }"
SIZES = "agraph (float[1,3,8,8] x) => (float[1,192] y) { y = Reshape(x, s) }"
# Every command that takes a spec.
READERS = (
    "inspect",
    "explain",
    "expand",
    "memory",
    "memory --as-taught",
    "fit --memory 8GiB",
    "verify --meta",
    "sizes",
    "validate",
    "rewrite --fc-to-conv",
    "export --to json",
    "export --to dot",
    "export --to mermaid",
    "export --to model-explorer",
    "export --to torch",
    "export --to memory-viz -o out",
    "import",
    "import --flat",
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(graph: str, *weights: Any, name: str = "net.onnx") -> Any:
    """A model whose tensors are in a file that is not there."""
    proto = onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]> {graph}')
    for label, element, dims in weights:
        tensor = onnx.TensorProto(name=label, dims=dims, data_type=element, data_location=1)
        tensor.external_data.add(key="location", value="absent.bin")
        proto.graph.initializer.append(tensor)
    Path(name).write_bytes(proto.SerializeToString())
    return proto


FILTERS = ("w", 1, (4, 3, 3, 3))


def other_constants() -> None:
    write(SIZES, ("s", 7, (2,)))


def open_axes() -> None:
    write(OPEN, FILTERS)


def new_operators() -> None:
    proto = write(CONV, FILTERS)
    proto.opset_import[0].version = 999
    Path("net.onnx").write_bytes(proto.SerializeToString())


def two_gigabytes() -> None:
    write(CONV, FILTERS)
    # Nothing is written for what is between: a file system with holes has no blocks for it.
    os.truncate("net.onnx", 2 * 2**30)


def half_a_file() -> None:
    write(CONV, FILTERS)
    content = Path("net.onnx").read_bytes()
    Path("net.onnx").write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize(
    ("faulty", "message", "help"),
    [
        (other_constants, "the constant `s` is in `absent.bin`", "put `absent.bin` beside net.onnx"),
        (open_axes, "the input `x` is N x 3 x H x W: 2 of its axes have no size", "--input 224x224x3"),
        (new_operators, "the file uses version 999 of the operators", "pip install -U onnx"),
        (two_gigabytes, "the file has 2.00 GiB", "save_as_external_data=True"),
        (half_a_file, "no ONNX model, or only a part of one", "export or download it again"),
    ],
)
def test_nothing_is_written_for_a_file_that_cannot_be_read(
    faulty: Callable[[], None], message: str, help: str
) -> None:
    faulty()
    for command in ("import", "expand"):
        ended = run(command, "net.onnx", "-o", "out.yaml")
        assert (ended.status, ended.out) == (1, ""), ended
        said = " ".join((ended.err).split())
        assert message in said
        assert f"help: {help}" in said or help in said.partition("help: ")[2]
        assert not Path("out.yaml").exists()


def test_a_file_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnncalc.importers import reading

    def read_bytes(path: str, limit: int) -> Any:
        raise AssertionError("it is read")

    two_gigabytes()
    monkeypatch.setattr(reading, "read_bytes", read_bytes)
    assert run("import", "net.onnx").status == 1


def test_weights_may_be_missing_however_large_they_are() -> None:
    """Only their shapes are read: 3.2 GB here."""
    write(
        "agraph (float[1,20000,8,8] x) => (float[1,40000,8,8] y) { y = Conv(x, w) }",
        ("w", 1, (40000, 20000, 1, 1)),
    )
    ended = run("import", "net.onnx")
    assert ended.status == 0, ended.err
    assert "  - conv: {filters: 40000, bias: false}\n" in ended.out


def test_the_size_that_a_file_leaves_open_is_taken_from_the_help() -> None:
    open_axes()
    refused = run("import", "net.onnx").err
    option = refused.partition("give it with `")[2].partition("`")[0]
    ended = run("import", "net.onnx", *option.split())
    assert ended.status == 0, ended.err
    assert "input: 224x224x3\n" in ended.out


def test_a_constant_that_is_put_beside_the_file_is_read() -> None:
    other_constants()
    Path("absent.bin").write_bytes((1).to_bytes(8, "little") + (192).to_bytes(8, "little"))
    ended = run("import", "net.onnx")
    assert ended.status == 0, ended.err


@pytest.mark.parametrize("command", READERS)
def test_every_command_reads_a_model(command: str) -> None:
    write(
        "agraph (float[1,3,8,8] x) => (float[1,10] y) "
        "{ a = Conv(x, w) b = Relu(a) c = Flatten(b) y = Gemm<transB=1>(c, v, u) }",
        FILTERS,
        ("v", 1, (10, 144)),
        ("u", 1, (10,)),
    )
    ended = run(*command.split(), "net.onnx")
    assert ended.status == 0, ended
    assert ended.out or Path("out").exists()


def totals(ended: Ended) -> Any:
    import json

    assert ended.status == 0, ended.err
    return json.loads(ended.out)["totals"]


def test_two_models_are_compared() -> None:
    write(CONV, FILTERS, name="old.onnx")
    write(CONV.replace("1,4,6,6", "1,8,6,6"), ("w", 1, (8, 3, 3, 3)), name="new.onnx")
    change = totals(run("diff", "old.onnx", "new.onnx", "--format", "json"))["params"]
    assert (change["old"], change["new"]) == (4 * 27, 8 * 27)
