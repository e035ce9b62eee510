"""A file of another program on standard input: recognised by its content, for `import` and for every command."""

import json
from pathlib import Path

import pytest

import cnncalc
from cnncalc.importers import matching
from cnncalc.importers.reading import format_of_stream
from tests.commands._program import run

DARKNET = """\
# A comment
[net]
width=16
height=16
channels=3

[convolutional]
filters=8
size=3
pad=1
activation=leaky
"""
CAFFE = """\
name: "Small"
input: "data"
input_dim: 1 input_dim: 3 input_dim: 16 input_dim: 16
layer { name: "c" type: "Convolution" bottom: "data" top: "c"
  convolution_param { num_output: 8 kernel_size: 3 pad: 1 } }
layer { name: "r" type: "ReLU" bottom: "c" top: "c" }
"""
KERAS = json.dumps(
    {
        "class_name": "Sequential",
        "config": {
            "name": "small",
            "layers": [
                {"class_name": "InputLayer", "config": {"batch_shape": [None, 16, 16, 3], "name": "i"}},
                {
                    "class_name": "Conv2D",
                    "config": {"name": "c", "filters": 8, "kernel_size": [3, 3], "padding": "same"},
                },
            ],
        },
        "keras_version": "3.5.0",
    }
)
ULTRALYTICS = """\
nc: 2
backbone:
  - [-1, 1, Conv, [8, 3, 2]]
head:
  - [[0], 1, Detect, [nc]]
"""
TEXTS = {"a.cfg": DARKNET, "a.prototxt": CAFFE, "a.json": KERAS, "a.yaml": ULTRALYTICS}
READERS = (
    "inspect",
    "explain",
    "expand",
    "memory",
    "verify --meta",
    "validate",
    "import",
    "export --to json",
)


@pytest.mark.parametrize("name", TEXTS)
def test_standard_input_is_read_as_the_file_is(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(TEXTS[name])
    piped = run("import", "-", stdin=TEXTS[name])
    assert piped.status == 0, piped
    assert "recognised, 0 unknown" in piped.err
    assert "name: a\n" not in piped.out
    from_file = cnncalc.load(tmp_path / name)
    assert matching(from_file, cnncalc.load(piped.out)) is not None
    assert run("diff", "-", tmp_path / name, stdin=TEXTS[name]).status == 0


@pytest.mark.parametrize("command", READERS)
def test_every_command_reads_it(command: str) -> None:
    word, *options = command.split()
    ended = run(word, "-", *options, stdin=DARKNET)
    assert ended.status == 0, ended
    assert ended.out


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_byte_order_mark_is_no_content(text: str) -> None:
    assert format_of_stream(b"\xef\xbb\xbf" + text.encode()) is format_of_stream(text.encode()) is not None


def test_it_has_the_name_of_its_own_or_none() -> None:
    assert "name: Small\n" in run("import", "-", stdin=CAFFE).out
    assert "name: network\n" in run("import", "-", stdin=DARKNET).out
    assert "name: mine\n" in run("import", "-", "--name", "mine", stdin=DARKNET).out


def test_an_input_is_given_as_for_a_file() -> None:
    text = CAFFE.replace("input_dim: 1 input_dim: 3 input_dim: 16 input_dim: 16\n", "")
    refused = run("inspect", "-", stdin=text)
    assert refused.status == 1
    assert "<stdin>:" in refused.err
    assert "--input 224x224x3" in refused.err
    assert run("inspect", "-", "--input", "16x16x3", stdin=text).status == 0
    assert "input: 16x16x3\n" in run("import", "-", "--input", "16x16x3", stdin=text).out


@pytest.mark.parametrize(
    "spec",
    [
        "cnncalc: 1\ninput: 8x8x3\nlayers: [conv: 4]\n",
        '{"cnncalc": 1, "input": "8x8x3", "layers": [{"conv": 4}]}',
        "layers:\n  - conv: 4\ninput: 8x8x3\ncnncalc: 1\n",
    ],
)
def test_a_spec_stays_one(spec: str) -> None:
    assert run("inspect", "-", stdin=spec).status == 0
    refused = run("import", "-", stdin=spec)
    assert (refused.status, refused.out) == (2, "")
    assert "a spec is read directly by every command" in refused.err


@pytest.mark.parametrize("text", ["", "hello", "[1, 2]", "layers: {conv: 4}", "a = 1\n", "\x00\x01"])
def test_what_is_neither_is_said(text: str) -> None:
    refused = run("import", "-", stdin=text)
    assert (refused.status, refused.out) == (2, "")
    assert "Caffe, Darknet, Keras, ONNX, Ultralytics" in refused.err
    assert run("inspect", "-", stdin=text).status in (1, 2)


def test_a_model_in_onnx_is_recognised(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    helper = onnx.helper
    x, y = (helper.make_tensor_value_info(name, 1, [1, 3, 8, 8]) for name in "xy")
    model = helper.make_model(helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", [x], [y]))
    piped = run("import", "-", stdin=model.SerializeToString())
    assert piped.status == 0, piped.err
    assert "- relu\n" in piped.out
    assert run("inspect", "-", stdin=model.SerializeToString()).status == 0


def test_faults_are_at_lines_of_standard_input() -> None:
    ended = run("import", "-", stdin=DARKNET.replace("[convolutional]", "[convolutionl]"))
    assert (ended.status, ended.out) == (1, "")
    assert "<stdin>:7:1" in ended.err


def test_progress_is_drawn_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sys

    from cnncalc.commands._progress import steps

    with steps("net.py:Net") as note_step:
        note_step("the model is built")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TTY_INTERACTIVE", "1")
    with steps("net.py:[Net]") as note_step:
        note_step("the model is built")
    assert "net.py:[Net]: the model is built" in capsys.readouterr().err
