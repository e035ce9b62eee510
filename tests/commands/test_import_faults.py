"""What can be wrong with a SOURCE of `cnncalc import`: a sentence with a way out, and nothing is written."""

from pathlib import Path
from types import ModuleType

import pytest

from tests.commands._program import Ended, run

CODE = """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, classes=4):
        super().__init__()
        self.conv = nn.Conv2d(3, classes, 3)

    def forward(self, x):
        return self.conv(x)

class Needs(Net):
    def __init__(self, classes, depth, width=1.0):
        super().__init__(classes)

class Raises(Net):
    def forward(self, x):
        y = self.conv(x)
        raise ValueError("of the model")

class Stops(Net):
    def __init__(self):
        raise SystemExit(3)

class StopsLater(Net):
    def forward(self, x):
        raise SystemExit("no more")

class Several(Net):
    def forward(self, left, right):
        return self.conv(left) + self.conv(right)

class Mapping(Net):
    def forward(self, x):
        y = self.conv(x)
        return {"out": y, "aux": y.mean((2, 3))}

class Branches(Net):
    def forward(self, x):
        y = self.conv(x)
        if y.sum() > 0:
            return y
        return -y

class Spectrum(nn.Module):
    def forward(self, x):
        return torch.fft.fft2(x).real.cumsum(1)

class Nothing:
    pass

def plain():
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.Sequential(nn.Threshold(0.1, 0.0)))

number = 3
"""


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torch: ModuleType, one_thread: None) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    path = tmp_path / "code_of_faults.py"
    path.write_text(CODE)
    return path


def refused(source: str, *options: str) -> Ended:
    """A run that prints no spec and writes none."""
    ended = run("import", source, *options, "-o", "out.yaml")
    assert (ended.status, ended.out) == (2, ""), ended
    assert "Traceback" not in ended.err
    assert not Path("out.yaml").exists()
    # Lines of a page as one.
    return ended._replace(err=ended.err.replace("\n  ", " "))


@pytest.mark.parametrize(
    ("source", "message", "help"),
    [
        ("missing.py:Net", "there is no file 'missing.py'", "check the path"),
        (
            "no_such_module:Net",
            "there is no Python module 'no_such_module'",
            "install it in this environment",
        ),
        ("no_such.inner:Net", "there is no Python module 'no_such'", "install it in this environment"),
        ("code_of_faults.py", "does not say which class or function", "write one of code_of_faults.py:Net"),
    ],
)
def test_what_is_not_there_is_said_before_any_code_runs(
    code: Path, source: str, message: str, help: str
) -> None:
    err = refused(source).err
    assert message in err
    assert f"help: {help}" in err
    assert "runs the Python code" not in err


@pytest.mark.parametrize(
    ("name", "message", "help"),
    [
        ("Needs", "missing a required argument: 'classes'", "give --arg classes=VALUE --arg depth=VALUE"),
        ("Ned", "has no 'Ned'", "did you mean"),
        ("number", "number is int, and no class or function", "name a class or a function"),
        ("Nothing", "gives Nothing, and not a torch.nn.Module", "name a class or a function"),
        ("Raises", "ValueError: of the model (code_of_faults.py:19)", "--input HxWxC"),
        ("Stops", "cannot be built: SystemExit: 3 (code_of_faults.py:23)", "check the arguments"),
        ("StopsLater", "SystemExit: no more (code_of_faults.py:27)", "--input HxWxC"),
        ("Several", "the model has 2 inputs: left, right", "give the shape of each: --input left=HxWxC"),
    ],
)
def test_code_that_gives_no_network(code: Path, name: str, message: str, help: str) -> None:
    err = refused(f"code_of_faults.py:{name}").err
    assert message in err
    assert help in err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def f(:\n", "SyntaxError: invalid syntax"),
        ("import no_such_library\n", "imports 'no_such_library', which is not installed (broken.py:1)"),
        ("\n1 / 0\n", "ZeroDivisionError: division by zero (broken.py:2)"),
        ("raise SystemExit(4)\n", "SystemExit: 4 (broken.py:1)"),
    ],
)
def test_code_that_cannot_be_imported(code: Path, text: str, message: str) -> None:
    Path("broken.py").write_text(text)
    assert message in refused("broken.py:Net").err


def test_the_shape_of_each_input(code: Path) -> None:
    given = ("--input", "left=8x8x3", "--input", "right=8x8x3")
    ended = run("import", "code_of_faults.py:Several", *given)
    assert ended.status == 0, ended.err
    assert "inputs:\n" in ended.out
    assert (
        "has 2 inputs (left, right), and 1 --input is given"
        in refused("code_of_faults.py:Several", "--input", "8x8x3").err
    )
    assert "does not run with an input of 8x8x4" in refused("code_of_faults.py:Net", "--input", "8x8x4").err


def test_outputs_by_name_are_all_outputs(code: Path) -> None:
    ended = run("import", "code_of_faults.py:Mapping", "--input", "8x8x3")
    assert ended.status == 0, ended.err
    assert "outputs:" in ended.out


def test_a_branch_on_values_is_said_with_its_line(code: Path) -> None:
    ended = run("import", "code_of_faults.py:Branches", "--input", "8x8x3")
    assert "code_of_faults.py:41: I040" in ended.err
    assert "Traceback" not in ended.err


def test_what_only_modules_of_pytorch_call_is_said_with_its_module(code: Path) -> None:
    """No line of the model's code is there: a place in cnncalc would mislead."""
    ended = run("import", "code_of_faults.py:plain", "--input", "8x8x3")
    assert "module `1.0`: I001 `threshold` has no layer here" in ended.err
    assert 'note: "threshold (module `1.0`)"' in ended.out
    assert "_import_torch.py" not in ended.out + ended.err


def test_a_model_that_is_no_cnn_is_unknown_and_how_much_of_it(code: Path) -> None:
    ended = run("import", "code_of_faults.py:Spectrum", "--input", "8x8x3")
    assert ended.status == 0
    assert "0 layers recognised, 3 operations unknown" in ended.err
    assert "operations are unknown: the figures are at least those of the rest" in ended.err
    assert "I001 `fft.fft2` has no layer here" in ended.err


def test_a_spec_that_is_checked_against_code_that_is_not_there(code: Path) -> None:
    Path("net.yaml").write_text("cnncalc: 1\ninput: 8x8x3\nlayers: [conv: 4]\n")
    ended = run("verify", "net.yaml", "--against", "missing.py:Net")
    assert ended.status == 2
    assert "there is no file 'missing.py'" in ended.err
    assert "runs the Python code" not in ended.err


def test_all_faults_of_a_darknet_file_without_net_are_said_at_once(tmp_path: Path) -> None:
    layers = "[convolutional]\nfilters=abc\nsize=3\n\n[maxpol]\nsize=2\n"
    for first in ("", "[net]\nwidth=zz\n", "[net]\nwidth=32\n"):
        path = tmp_path / "a.cfg"
        path.write_text(first + layers)
        ended = run("import", path)
        assert (ended.status, ended.out) == (1, "")
        assert ended.err.count("error[") == 3
        assert "`filters` must be a number, not `abc`" in ended.err
        assert "did you mean `[maxpool]`?" in ended.err


def test_a_head_alone_is_a_file_of_ultralytics(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text("nc: 2\nhead:\n  - [-1, 1, Conv, [8, 3, 2]]\n")
    for command in ("import", "inspect"):
        ended = run(command, path)
        assert ended.status == 1
        assert "error[I011] no-network: `backbone` is a list of rows" in ended.err


CAFFE = """\
input: "data"
input_dim: 1 input_dim: 4 input_dim: 8 input_dim: 8
layer { name: "a" type: "Convolution" bottom: "data" top: "a" param { name: "w" } param { name: "b" }
  convolution_param { num_output: 4 kernel_size: 1 } }
layer { name: "c" type: "Convolution" bottom: "a" top: "c" param { name: "w" } param { name: "other" }
  convolution_param { num_output: 4 kernel_size: 1 } }
"""


def test_a_layer_that_shares_some_of_its_parameters_counts_its_own(tmp_path: Path) -> None:
    """Caffe's layers share parameters one by one."""
    path = tmp_path / "a.prototxt"
    path.write_text(CAFFE)
    ended = run("inspect", path, "--format", "json")
    import json

    totals = json.loads(ended.out)["totals"]
    assert totals["params"] == 4 * 4 + 4 + 4
    assert totals["macs"] == 2 * 4 * 4 * 64
    assert "has some of the parameters of another layer" in run("validate", path, "--format", "json").out
    path.write_text(CAFFE.replace('"other"', '"b"'))
    assert json.loads(run("inspect", path, "--format", "json").out)["totals"]["params"] == 4 * 4 + 4
