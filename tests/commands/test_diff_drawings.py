"""`cnncalc diff` as a drawing: on the screen, in a file, from git, with errors, and with conditions."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.commands._program import run

OLD = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: first\n"
NEW = OLD.replace("filters: 8", "filters: 16")
FAULTY = OLD.replace("kernel: 3", "kernel: 9")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("old", OLD), ("new", NEW), ("faulty", FAULTY)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("file", "begins"), [
    ("change.svg", "<svg "), ("change.html", "<!doctype html>"), ("change.HTM", "<!doctype html>"),
    ("change.json", "{"), ("change.md", "old.yaml -> new.yaml"), ("change.txt", "old.yaml -> new.yaml"),
])  # fmt: skip
def test_the_end_of_the_file_says_the_format(folder: Path, file: str, begins: str) -> None:
    ended = run("diff", "old.yaml", "new.yaml", "-o", file)
    assert (ended.status, ended.out, ended.err) == (0, "", "")
    assert (folder / file).read_text(encoding="utf-8").startswith(begins)


def test_format_has_priority_over_the_end(folder: Path) -> None:
    run("diff", "old.yaml", "new.yaml", "-o", "change.html", "--format", "json")
    assert (folder / "change.html").read_text(encoding="utf-8").startswith("{")


@pytest.mark.parametrize("format", ["svg", "html"])
def test_what_is_printed_is_what_is_written(folder: Path, format: str) -> None:
    ended = run("diff", "old.yaml", "new.yaml", "--format", format)
    run("diff", "old.yaml", "new.yaml", "-o", f"change.{format}")
    assert ended.out == (folder / f"change.{format}").read_text(encoding="utf-8")
    assert "filters 8 → 16" in ended.out


def test_what_is_printed_is_well_formed_in_every_encoding() -> None:
    ended = run("diff", "old.yaml", "new.yaml", "--format", "svg", encoding="ascii")
    assert ended.out.isascii()
    words = [text.text for text in ElementTree.fromstring(ended.out).iter("{http://www.w3.org/2000/svg}text")]
    assert "filters 8 → 16" in words


def test_a_spec_with_errors_is_drawn_and_its_errors_printed(folder: Path) -> None:
    for format in ("svg", "html", "text"):
        ended = run("diff", "old.yaml", "faulty.yaml", "--format", format)
        assert ended.status == 1
        assert "window-too-large" in ended.err
        assert ended.out
    assert "red" not in run("diff", "old.yaml", "new.yaml", "--format", "svg").err


def test_of_a_file_that_is_not_there_nothing_is_drawn(folder: Path) -> None:
    for format in ("svg", "html", "text"):
        ended = run("diff", "old.yaml", "nowhere.yaml", "--format", format, "-o", "change")
        assert (ended.out, ended.status) == ("", 2)
        assert not (folder / "change").exists()


def test_of_a_file_that_cannot_be_read_the_drawing_says_it(folder: Path) -> None:
    (folder / "broken.yaml").write_text("[", encoding="utf-8")
    ended = run("diff", "old.yaml", "broken.yaml", "--format", "svg")
    assert ended.status == run("diff", "old.yaml", "broken.yaml").status == 1
    assert "broken.yaml: 1 error" in ended.out
    assert "parameters 224 → unknown" in ended.out


@pytest.mark.parametrize("format", ["svg", "html"])
def test_a_condition_that_fails_is_said_and_gives_the_status(format: str) -> None:
    ended = run("diff", "old.yaml", "new.yaml", "--format", format, "--fail-if", "params > +5%")
    assert ended.status == 1
    assert ended.err.startswith("failed: params > +5%: met")
    assert "failed: params &gt; +5%: met" in ended.out
    passing = run("diff", "old.yaml", "new.yaml", "--format", format, "--fail-if", "params > 1G")
    assert (passing.status, passing.err) == (0, "")


def test_options_of_a_diff_change_the_drawing(folder: Path) -> None:
    ended = run("diff", "lenet5", "lenet5", "--input-new", "64x64x1", "--format", "svg")
    assert "32x32x1 → 64x64x1" in ended.out
    folded = run(
        "diff", "resnet18", "resnet18", "--input-new", "256x256x3", "--depth", "0", "--format", "svg"
    )
    unfolded = run(
        "diff", "resnet18", "resnet18", "--input-new", "256x256x3", "--depth", "1", "--format", "svg"
    )
    assert len(unfolded.out) > 1.5 * len(folded.out)


def test_rows_are_chosen_for_the_page_and_refused_for_the_drawing() -> None:
    page = run("diff", "resnet18", "resnet34", "--format", "html", "--top", "1")
    assert "more rows: --top shows the largest changes." in page.out
    ended = run("diff", "resnet18", "resnet34", "--format", "svg", "--top", "1")
    assert (ended.status, ended.out) == (2, "")
    assert "--top is for formats with rows, and the format is svg." in ended.err


@pytest.mark.long
def test_too_many_boxes_are_refused_with_the_reason(folder: Path) -> None:
    for name, kernel in (("old", 1), ("new", 3)):
        layers = f"  - conv: {{filters: 3, kernel: {kernel}, padding: half}}\n" * 5001
        (folder / f"{name}.yaml").write_text(f"cnncalc: 1\ninput: 4x4x3\nlayers:\n{layers}", encoding="utf-8")
    ended = run("diff", "old.yaml", "new.yaml", "--each", "--format", "svg")
    assert (ended.status, ended.out) == (2, "")
    assert "and 5,000 are the most that are drawn" in ended.err
    assert run("diff", "old.yaml", "new.yaml", "--format", "svg").status == 0


def test_files_of_another_program_are_drawn(folder: Path) -> None:
    onnx = pytest.importorskip("onnx")
    for name, kernel in (("old", 1), ("new", 3)):
        conv = onnx.helper.make_node("Conv", ["x", "w"], ["y"], name="first", pads=[kernel // 2] * 4)
        weights = onnx.helper.make_tensor("w", 1, [4, 3, kernel, kernel], [0.0] * (12 * kernel * kernel))
        value = onnx.helper.make_tensor_value_info
        graph = onnx.helper.make_graph(
            [conv], "g", [value("x", 1, [1, 3, 8, 8])], [value("y", 1, [1, 4, 8, 8])], [weights]
        )
        onnx.save(onnx.helper.make_model(graph), str(folder / f"{name}.onnx"))
    ended = run("diff", "old.onnx", "new.onnx", "--format", "svg")
    assert ended.status == 0, ended.err
    assert "kernel 1 → 3" in ended.out


@pytest.mark.parametrize("format", ["svg", "html"])
def test_a_drawing_that_can_not_be_written_says_why(format: str) -> None:
    ended = run("diff", "old.yaml", "new.yaml", "-o", f"nowhere/change.{format}")
    assert (ended.status, ended.out) == (2, "")
    assert f"nowhere/change.{format} can't be written: there is no such folder" in ended.err
