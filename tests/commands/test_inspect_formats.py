"""`cnncalc inspect` for other pages: the end of the file says the format, and svg is what `draw` draws."""

from pathlib import Path

import pytest

from tests.commands._program import run

FAULTY = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 9}\n"


@pytest.mark.parametrize(("file", "begins"), [
    ("net.svg", "<svg "), ("net.html", "<!doctype html>"), ("net.HTM", "<!doctype html>"),
    ("net.tex", "% Needs \\usepackage"), ("net.json", "{"),
    ("net.csv", "name,"), ("net.md", "### "), ("net.txt", "LeNet-5"), ("net", "LeNet-5"),
])  # fmt: skip
def test_the_end_of_the_file_says_the_format(tmp_path: Path, file: str, begins: str) -> None:
    ended = run("inspect", "lenet5", "-o", tmp_path / file)
    assert (ended.status, ended.out, ended.err) == (0, "", "")
    assert (tmp_path / file).read_text(encoding="utf-8").startswith(begins)


@pytest.mark.parametrize("file", ["net.png", "net.pdf", "net.docx", "net.dot", "net.svg.gz"])
@pytest.mark.parametrize("command", [("inspect", "lenet5"), ("diff", "lenet5", "alexnet")], ids=" ".join)
def test_an_end_of_no_format_is_refused(tmp_path: Path, command: tuple[str, ...], file: str) -> None:
    """Text in a file that is named like a picture would be taken for one."""
    ended = run(*command, "-o", tmp_path / file)
    assert (ended.status, ended.out) == (2, "")
    assert "is that of no format (" in ended.err
    assert not (tmp_path / file).exists()
    # The help works.
    assert run(*command, "-o", tmp_path / file, "--format", "text").status == 0


def test_format_has_priority_over_the_end(tmp_path: Path) -> None:
    run("inspect", "lenet5", "-o", tmp_path / "net.html", "--format", "text")
    assert (tmp_path / "net.html").read_text(encoding="utf-8").startswith("LeNet-5")


@pytest.mark.parametrize("options", [(), ("--depth", "1"), ("--all",), ("--input", "256x256x3")])
def test_svg_is_what_draw_draws(options: tuple[str, ...]) -> None:
    inspected = run("inspect", "resnet18", "--format", "svg", *options)
    assert inspected.status == 0
    assert inspected.out == run("draw", "resnet18", "--format", "svg", *options).out


@pytest.mark.parametrize("options", [
    ("--columns", "name"), ("--sort", "macs"), ("--bars",), ("--batch", "8"), ("--dtype", "float16"), ("--units", "si"),
])  # fmt: skip
def test_no_option_of_the_table_is_passed_over_in_silence(options: tuple[str, ...]) -> None:
    ended = run("inspect", "lenet5", "--format", "svg", *options)
    assert (ended.status, ended.out) == (2, "")
    assert f"{options[0]} is for formats with a table, and the format is svg." in ended.err


@pytest.mark.parametrize("format", ["html", "latex", "svg"])
def test_a_spec_with_errors_is_shown_as_far_as_it_is_known(tmp_path: Path, format: str) -> None:
    (tmp_path / "net.yaml").write_text(FAULTY, encoding="utf-8")
    ended = run("inspect", tmp_path / "net.yaml", "--format", format)
    assert ended.status == 1
    assert "window-too-large" in ended.err
    assert "?" in ended.out


@pytest.mark.parametrize("format", ["html", "latex", "svg"])
def test_of_a_spec_that_cannot_be_read_there_is_nothing(tmp_path: Path, format: str) -> None:
    (tmp_path / "net.yaml").write_text("[", encoding="utf-8")
    ended = run("inspect", tmp_path / "net.yaml", "--format", format)
    assert (ended.status, ended.out) == (1, "")


@pytest.mark.parametrize("format", ["html", "latex", "svg"])
def test_what_is_printed_is_readable_in_every_encoding(format: str) -> None:
    ended = run("inspect", "lenet5", "--format", format, encoding="ascii")
    assert ended.status == 0
    assert ended.out.isascii()


def test_too_many_boxes_are_refused_with_a_depth_that_works(tmp_path: Path) -> None:
    layers = "  - conv: {filters: 3, kernel: 1}\n  - maxpool: {kernel: 1, stride: 1}\n" * 2600
    (tmp_path / "net.yaml").write_text(f"cnncalc: 1\ninput: 4x4x3\nlayers:\n{layers}", encoding="utf-8")
    ended = run("inspect", tmp_path / "net.yaml", "--format", "svg")
    assert (ended.status, ended.out) == (2, "")
    assert "and 5,000 are the most that are drawn" in ended.err
