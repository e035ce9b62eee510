"""`cnncalc draw`: what is written, in which form, and what is refused."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.commands._program import run

WRONG = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 9}\n  - fc: 3\n"
LONG = "cnncalc: 1\ninput: 8x8x3\nblocks:\n  unit:\n    layers:\n" + "".join(
    f"      - conv: {3 + number % 2}\n" for number in range(3000)
)


@pytest.mark.parametrize(
    ("file", "begins"),
    [
        ("net.svg", "<svg "),
        ("net.SVG", "<svg "),
        ("net.html", "<!doctype html>"),
        ("net.dot", "digraph"),
        ("net.gv", "digraph"),
        ("net.mmd", "flowchart"),
    ],
)
def test_the_end_of_the_file_says_the_form(tmp_path: Path, file: str, begins: str) -> None:
    path = tmp_path / file
    assert run("draw", "lenet5", "-o", path) == (0, "", "")
    assert path.read_text(encoding="utf-8").startswith(begins)


def test_format_has_priority_over_the_end(tmp_path: Path) -> None:
    path = tmp_path / "net.txt"
    assert run("draw", "lenet5", "--format", "svg", "-o", path).status == 0
    assert ElementTree.parse(path).getroot().tag.endswith("svg")


def test_with_a_format_it_is_printed() -> None:
    ended = run("draw", "lenet5", "--format", "svg")
    assert (ended.status, ended.err) == (0, "")
    assert ElementTree.fromstring(ended.out).tag.endswith("svg")


def test_what_is_printed_is_well_formed_in_every_encoding() -> None:
    ended = run("draw", "resnet18", "--format", "svg", encoding="ascii")
    shown = "".join(ElementTree.fromstring(ended.out).itertext())
    assert "basic1..2 ×2" in shown


@pytest.mark.parametrize("kind", ["graph", "volumes", "field", "bars", "timeline"])
def test_every_kind_is_drawn(kind: str) -> None:
    ended = run("draw", "lenet5", "--format", "svg", "--kind", kind)
    assert ended.status == 0
    assert "LeNet-5" in ended.out


def test_a_spec_on_standard_input_and_a_pattern_are_drawn() -> None:
    spec = "cnncalc: 1\ninput: 8x8x3\nlayers: [conv: 4]\n"
    assert "CONV1-4" in run("draw", "-", "--format", "svg", stdin=spec).out
    assert "CONV3-32" in run("draw", "INPUT 32x32x3 -> CONV 32 -> RELU", "--format", "svg").out


def test_a_file_of_another_program_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "net.cfg"
    path.write_text(
        "[net]\nwidth=32\nheight=32\nchannels=3\n[convolutional]\nfilters=8\nsize=3\nstride=1\npad=1\n"
        "activation=leaky\n",
        encoding="utf-8",
    )
    ended = run("draw", path, "--format", "svg")
    assert ended.status == 0
    assert "CONV3-8" in ended.out


def test_options_change_the_network() -> None:
    assert "64x64x3" in run("draw", "resnet18", "--format", "svg", "--input", "64").out
    assert "aux1" in run("draw", "googlenet", "--format", "svg", "--mode", "training").out


def test_memory_is_that_of_the_run_that_is_asked_for() -> None:
    options = ("--mode", "training", "--batch", "32", "--optimizer", "adam", "--units", "si")
    shown = run("draw", "lenet5", "--kind", "timeline", "--format", "svg", *options).out
    assert "training · float32 · adam · CUDA · 32 images" in shown
    lines = run("memory", "lenet5", *options).out.splitlines()
    peak = next(line for line in lines if " at the peak" in line).split(" of tensors")[0].strip()
    assert f"peak {peak}" in shown
    shaded = run("draw", "lenet5", "--colour", "memory", "--format", "svg", *options).out
    assert "kept for the backward pass, 32 images" in shaded


def test_a_spec_with_errors_is_drawn_and_its_errors_printed(tmp_path: Path) -> None:
    spec, path = tmp_path / "net.yaml", tmp_path / "net.svg"
    spec.write_text(WRONG, encoding="utf-8")
    ended = run("draw", spec, "-o", path)
    assert ended.status == 1
    assert "error[S005]" in ended.err
    assert 'class="e x"' in path.read_text(encoding="utf-8")
    path.unlink()
    # Its memory is not known at all.
    assert run("draw", spec, "-o", path, "--kind", "timeline").status == 1
    assert not path.exists()


def test_memory_of_an_unknown_operation_is_refused(tmp_path: Path) -> None:
    spec = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - unknown: {op: warp, shape: 8x8x3}\n"
    ended = run("draw", "-", "--kind", "timeline", "--format", "svg", stdin=spec)
    assert ended.status == 1
    assert ended.out == ""
    assert "the memory" in ended.err
    assert run("draw", "-", "--format", "svg", stdin=spec).status == 0


def test_a_batch_that_pytorch_refuses_is_reported() -> None:
    spec = "cnncalc: 1\ninput: 10\nlayers: [fc: 4, bn]\n"
    options = ("--kind", "timeline", "--mode", "training", "--format", "svg")
    ended = run("draw", "-", *options, stdin=spec)
    assert (ended.status, ended.out) == (1, "")
    assert run("draw", "-", *options, "--batch", "2", stdin=spec).status == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "add -o with a file"),
        (("-o", "net.foo"), "the end of 'net.foo' is that of no drawing"),
        (("-o", "/nowhere/net.svg"), "there is no such folder"),
        (("-o", "net.dot", "--depth", "1"), "--depth is for svg and html"),
        (("-o", "net.mmd", "--kind", "bars"), "--kind bars is for svg and html"),
        (("-o", "net.svg", "--optimizer", "adam"), "--optimizer is for --kind timeline"),
        (("-o", "net.svg", "--batch", "2"), "--batch is for --kind timeline"),
        (("-o", "net.svg", "--kind", "bars", "--colour", "macs"), "--colour is for --kind graph"),
        (("-o", "net.svg", "--layer", "conv1"), "--layer is for --kind field"),
        (("-o", "net.svg", "--kind", "timeline", "--depth", "2"), "--depth is for --kind graph"),
        (
            ("-o", "net.svg", "--kind", "field", "--layer", "convv1"),
            "there is no layer and no block 'convv1'",
        ),
        (("-o", "net.svg", "--kind", "pie"), "'pie' is not one of"),
    ],
)
def test_wrong_usage_is_refused(arguments: tuple[str, ...], says: str) -> None:
    ended = run("draw", "lenet5", *arguments, COLUMNS="500")
    assert ended.status == 2
    assert says in " ".join(ended.err.split())


def test_too_many_boxes_are_refused_with_a_depth_that_works() -> None:
    spec = f"{LONG}layers:\n  - unit\n  - relu\n  - unit\n"
    ended = run("draw", "-", "--depth", "1", "--format", "svg", stdin=spec)
    assert ended.status == 2
    assert "--depth 0 has few enough" in " ".join(ended.err.split())
    assert run("draw", "-", "--depth", "0", "--format", "svg", stdin=spec).status == 0


def test_too_many_boxes_without_a_block_are_refused_too() -> None:
    layers = "".join(f"  - conv: {3 + number % 2}\n" for number in range(5001))
    ended = run("draw", "-", "--format", "svg", stdin=f"cnncalc: 1\ninput: 8x8x3\nlayers:\n{layers}")
    assert ended.status == 2
    assert "no --depth has fewer" in " ".join(ended.err.split())


def test_a_chosen_layer_is_in_the_picture_of_fields() -> None:
    shown = run("draw", "alexnet", "--kind", "field", "--layer", "conv3", "--format", "svg").out
    assert "conv3: 99 wide, 16 apart" in shown
    assert "conv1:" not in shown


def test_a_spec_that_cannot_be_read_draws_nothing(tmp_path: Path) -> None:
    path = tmp_path / "net.svg"
    assert run("draw", tmp_path / "missing.yaml", "-o", path).status == 2
    assert run("draw", "-", "-o", path, stdin="layers: [\n").status != 0
    assert not path.exists()


def test_no_option_of_a_run_is_passed_over_in_silence() -> None:
    """All of them, also one that is added later: a drawing without memory has no use for any."""
    from cnncalc.commands._memory_options import run_names
    from cnncalc.commands.draw import command

    values = {
        "autocast": "float16",
        "torch": "2.0",
        "gpu": "rtx4090",
    }
    options = {param.name: param for param in command.params if param.name in run_names()}
    assert options.keys() == set(run_names())
    for name, option in options.items():
        word = next(word for word in option.opts if word.startswith("--"))
        is_flag = getattr(option, "is_flag", False)
        choices = [choice for choice in getattr(option.type, "choices", ()) if choice != option.default]
        given = (word,) if is_flag else (word, values.get(name or "", choices[0] if choices else "1"))
        ended = run("draw", "lenet5", "--format", "svg", *given)
        assert (ended.status, ended.out) == (2, ""), word
        assert "is for --kind timeline, and for --colour memory" in ended.err, word
