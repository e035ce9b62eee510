"""Files of other programs: `cnncalc import`, and every command that takes a spec."""

import json
import subprocess
from pathlib import Path

import pytest

import cnncalc
from cnncalc.importers import matching
from tests.commands._program import run

CFG = """\
[net]
width=32
height=32
channels=3

[convolutional]
batch_normalize=1
filters=8
size=3
stride=1
pad=1
activation=leaky

[maxpool]
size=2
stride=2

[convolutional]
filters=18
size=1
activation=linear

[yolo]
mask=0,1,2
"""
OPEN = 'layer { name: "d" type: "Data" top: "data" }\n' + (
    'layer { name: "c" type: "Convolution" bottom: "data" top: "c" '
    "convolution_param { num_output: 4 kernel_size: 3 } }\n"
)
ROWS = """\
nc: 2
scales:
  n: [0.5, 0.25, 1024]
  s: [0.5, 0.50, 1024]
backbone:
  - [-1, 1, Conv, [64, 3, 2]]
head:
  - [[0], 1, Detect, [nc]]
"""
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
    "import",
    "import --flat",
    "export --to json",
    "export --to dot",
    "export --to mermaid",
    "export --to model-explorer",
    "export --to torch",
)
KERAS = """\
{"class_name": "Sequential", "keras_version": "2.11.0", "config": {"name": "small", "layers": [
 {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 32, 32, 3], "name": "input_1"}},
 {"class_name": "Conv2D", "config": {"name": "conv2d", "filters": 8, "kernel_size": [3, 3], "padding": "same"}},
 {"class_name": "Flatten", "config": {"name": "flatten"}},
 {"class_name": "Dense", "config": {"name": "dense", "units": 10}}]}}
"""
CAFFE = 'input: "data" input_dim: 1 input_dim: 3 input_dim: 32 input_dim: 32\n' + OPEN.partition("\n")[2]


@pytest.fixture
def cfg(tmp_path: Path) -> Path:
    path = tmp_path / "net.cfg"
    path.write_text(CFG)
    return path


@pytest.fixture
def prototxt(tmp_path: Path) -> Path:
    path = tmp_path / "net.prototxt"
    path.write_text(OPEN)
    return path


@pytest.mark.parametrize("command", READERS)
def test_every_command_reads_a_file_of_another_program(cfg: Path, command: str) -> None:
    ended = run(*command.split(), cfg)
    assert ended.status == 0, ended
    assert ended.out


@pytest.mark.parametrize("command", READERS)
@pytest.mark.parametrize(
    ("name", "content"), [("yolo11.yaml", ROWS), ("net.json", KERAS), ("deploy.prototxt", CAFFE)]
)
def test_every_command_reads_every_format(tmp_path: Path, command: str, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    ended = run(*command.split(), path)
    assert ended.status == 0, ended
    assert ended.out


@pytest.mark.parametrize("command", READERS)
def test_every_command_needs_a_size_and_takes_it(prototxt: Path, command: str) -> None:
    without = run(*command.split(), prototxt)
    assert without.status == 1
    assert "I012" in without.err + without.out
    assert f"{prototxt}:1:1" in without.err + without.out
    assert "--input 224x224x3" in without.err + without.out
    given = run(*command.split(), prototxt, "--input", "16x16x3")
    assert given.status == 0, given


def test_a_diff_of_two_files_and_of_a_revision(cfg: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(cfg.parent)
    for words in ("init -q", "add net.cfg", "-c user.name=a -c user.email=a@b commit -qm one"):
        subprocess.run(["git", *words.split()], check=True)
    new = cfg.parent / "new.cfg"
    new.write_text(CFG.replace("filters=8", "filters=16"))
    for old in ("net.cfg", "git:HEAD:net.cfg"):
        ended = run("diff", old, "new.cfg", "--format", "json")
        assert ended.status == 0, ended.err
        report = json.loads(ended.out)
        assert report["totals"]["params"]["change"] == 8 * 27 + 16 + 8 * 18
    assert run("diff", "net.cfg", "net.cfg").status == 0


def test_the_imported_spec_is_the_network_that_commands_read(cfg: Path) -> None:
    ended = run("import", cfg)
    assert ended.status == 0
    assert "net.cfg (Darknet): input 32x32x3; 5 layers recognised, 0 unknown" in ended.err
    assert "the spec ends before it" in ended.err
    read, printed = cnncalc.load(cfg), cnncalc.load(ended.out)
    assert read.ok
    assert matching(read, printed) is not None
    memory = run("memory", "-", "--batch", "32", stdin=ended.out)
    assert memory.status == 0


def test_the_library_reads_files_too(cfg: Path, prototxt: Path) -> None:
    assert cnncalc.analyse(cnncalc.load(str(cfg))).totals.params == 27 * 8 + 16 + 8 * 18 + 18
    assert not cnncalc.load(prototxt).ok
    assert str(cnncalc.load(prototxt, input="10x12x5").layers[0].shape) == "8x10x4"


def test_options_of_import(cfg: Path, tmp_path: Path) -> None:
    output = tmp_path / "net.yaml"
    assert run("import", cfg, "--name", "Mine", "--input", "64", "-o", output).status == 0
    text = output.read_text()
    assert "name: Mine\n" in text
    assert "input: 64x64x3\n" in text
    assert run("import", cfg, "--input", "left=64").status == 2


def test_nothing_is_written_if_the_file_has_errors(tmp_path: Path) -> None:
    broken, output = tmp_path / "a.cfg", tmp_path / "out.yaml"
    broken.write_text(CFG.replace("[maxpool]", "[maxpol]"))
    ended = run("import", broken, "-o", output)
    assert (ended.status, ended.out) == (1, "")
    assert f"{broken}:14:1" in ended.err
    assert "did you mean `[maxpool]`?" in ended.err
    assert not output.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt", "text"), ("missing.cfg", None), ("a.json", "{}"), ("net.yaml", "cnncalc: 1\n")],
)
def test_what_is_no_network_of_another_program_is_said(
    tmp_path: Path, name: str, content: str | None
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    ended = run("import", path)
    assert ended.status == 2
    assert ended.err
    assert "Traceback" not in ended.err


def test_totals_say_at_least_where_something_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "a.cfg"
    path.write_text(CFG.replace("[maxpool]\n", "[conv_lstm]\noutput=8\n[maxpool]\n"))
    ended = run("import", path)
    assert "unknown: conv_lstm. Totals are at least what the other layers have" in ended.err
    assert "- unknown: {op: conv_lstm, shape: 32x32x8}" in ended.out.replace(
        "{channels: 8, height: 32, width: 32}", "32x32x8"
    )
    totals = json.loads(run("inspect", path, "--format", "json").out)["totals"]
    assert totals["params"] is None
    assert totals["inexact"]["params"]["at_least"] == 27 * 8 + 16 + 8 * 18 + 18


def test_a_model_file_of_ultralytics_is_recognised_by_its_keys(tmp_path: Path) -> None:
    path = tmp_path / "yolo11.yaml"
    path.write_text(ROWS)
    small, large = (cnncalc.load(name) for name in (path, tmp_path / "yolo11s.yaml"))
    assert [graph.layers[0].shape.channels for graph in (small, large) if graph.layers[0].shape] == [16, 32]
    assert run("inspect", tmp_path / "yolo11s.yaml").status == 0


def test_folders_are_only_searched_for_specs(tmp_path: Path, cfg: Path) -> None:
    (tmp_path / "model.yaml").write_text(ROWS)
    (tmp_path / "spec.yaml").write_text("cnncalc: 1\ninput: 8x8x3\nlayers: [conv: 4, relu]\n")
    ended = run("validate", tmp_path)
    assert "checked 1 spec" in ended.err + ended.out
    assert (
        "checked 1 spec"
        in run("validate", tmp_path / "model.yaml").err + run("validate", tmp_path / "model.yaml").out
    )


def test_findings_about_the_network_are_in_the_text_that_it_was_written_as(tmp_path: Path) -> None:
    path = tmp_path / "a.cfg"
    path.write_text(CFG.replace("stride=2", "stride=2\npadding=0").replace("width=32", "width=33"))
    report = json.loads(run("validate", path, "--format", "json", "--select", "S").out)
    places = {item["file"] for item in report["diagnostics"] if item["code"].startswith("S")}
    assert places <= {f"<spec of {path}>"}


def test_a_fix_never_writes_into_a_file_of_another_program(cfg: Path) -> None:
    run("validate", "--fix", "--unsafe-fixes", cfg)
    assert cfg.read_text() == CFG


def test_start_up_imports_no_format(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("cnncalc: 1\ninput: 8x8x3\nlayers: [conv: 4]\n")
    code = (
        "import sys; from cnncalc.api import load; load('net.yaml'); load('vgg16');"
        "sys.exit('cnncalc.importers' in sys.modules or 'cnncalc.folding' in sys.modules)"
    )
    import sys

    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 0
