"""The generated pages are current, and the check reports those that are not."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cnncalc import cli, describe, layers, plugins
from docs import generate, regions
from tests._each import each
from tests.docs._pages import PAGES, name

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# Measured on one machine and written by another target: not always there.
MEASURED = "performance.md"


@pytest.mark.long  # `make test` runs `docs.generate --check`, which is the same.
def test_every_page_is_current() -> None:
    for path, text in generate.current():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is not current: run `make docs`"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one page of each kind."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text(
        "<!-- output: cnncalc --version -->\n<!-- end -->\n", encoding="utf-8"
    )
    pages: dict[str, Callable[[], str]] = {"docs/made.md": lambda: "# Made"}
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "MADE", pages)
    return tmp_path


def test_a_stale_page_fails_the_check_with_a_diff(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check"]) == 1
    output = capsys.readouterr()
    assert "+# Made" in output.out
    assert "+$ cnncalc --version" in output.out
    assert "make docs" in output.err
    assert not (folder / "docs" / "made.md").exists()


def test_what_is_written_passes_the_check(folder: Path) -> None:
    assert generate.main([]) == 0
    assert (folder / "docs" / "made.md").read_text(encoding="utf-8") == "# Made\n"
    assert generate.main(["--check"]) == 0
    before = (folder / "README.md").read_text(encoding="utf-8")
    assert generate.main([]) == 0
    assert (folder / "README.md").read_text(encoding="utf-8") == before


def test_a_command_that_fails_stops_the_page(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "<!-- output: cnncalc window 10 --kernel 3 --stride 2 -->\n<!-- end -->\n"
    (folder / "README.md").write_text(text, encoding="utf-8")
    assert generate.main([]) == 1
    assert "ended with 1, and the page says 0" in capsys.readouterr().err


def test_an_unknown_argument_is_usage() -> None:
    assert generate.main(["--write"]) == 2


def test_only_our_own_command_is_run() -> None:
    with pytest.raises(regions.Stale, match="not a command"):
        regions.refreshed("<!-- output: rm net.yaml -->\n<!-- end -->")


def test_output_has_no_colour_and_a_page_of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    printed, status = regions.run("cnncalc window 7 --kernel 3 --format text")
    assert status == 0
    assert "\x1b" not in printed
    assert str(regions.COLUMNS) == "80"


def test_a_file_region_holds_the_file() -> None:
    page = regions.refreshed("<!-- file: alexnet_224.yaml -->\nold\n<!-- end -->")
    assert (regions.EXAMPLES / "alexnet_224.yaml").read_text(encoding="utf-8").rstrip() in page


@each("path", PAGES, ids=name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        page = path.parent / file if file else path
        if page.name == MEASURED:
            continue
        assert page.exists(), f"{path.name} links to {target}"
        if anchor:
            assert anchor in anchors(page), f"{path.name} links to {target}"


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in HEADING.findall(text)}
    return anchors | set(re.findall(r'<a id="([^"]+)"></a>', text))


@pytest.mark.parametrize("folder", ["commands", "diagnostics", "layers"])
def test_no_page_is_left_of_what_is_gone(folder: str) -> None:
    pages = {ROOT / name for name in generate.MADE}
    assert set((ROOT / "docs" / folder).iterdir()) <= pages


def test_old_links_to_a_diagnostic_still_lead_to_it() -> None:
    """When all of them were on one page, their links were `docs/diagnostics.md#s001-stride-drops-input`."""
    index = ROOT / "docs" / "diagnostics.md"
    assert {describe.anchor(fault) for fault in describe.faults().values()} <= anchors(index)


def test_old_links_to_a_layer_still_lead_to_it() -> None:
    """When all of them were on one page, their links were `docs/layers.md#conv`."""
    assert set(layers.names()) <= anchors(ROOT / "docs" / "layers.md")


def test_old_links_to_a_command_still_lead_to_it() -> None:
    """When all of them were on one page, their links were `docs/commands.md#cnncalc-inspect`."""
    assert {f"cnncalc-{name}" for name in plugins.names(cli.COMMANDS)} <= anchors(
        ROOT / "docs" / "commands.md"
    )


def test_the_documentation_needs_no_test_dependency() -> None:
    """`make docs` runs with what cnncalc itself needs."""
    allowed = {"cnncalc", "docs", "benchmarks"} | sys.stdlib_module_names
    for path in (ROOT / "docs").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {module.partition(".")[0] for module in modules} <= allowed, path.name
    # Of the benchmarks only what reads their records.
    code = "import sys, docs.generate; sys.exit(' '.join({'torch', 'torchinfo', 'fvcore'} & set(sys.modules)) or None)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


PRINTED = """title
second line

  name   first value
         goes on
  other  second value
    below it   third value
  name   fourth value
"""


@pytest.mark.parametrize(
    ("starts", "shown"),
    [
        (["name first"], ["  ...", "  name   first value", "         goes on", "  ..."]),
        (["other"], ["  ...", "  other  second value", "    below it   third value", "  ..."]),
        (["title", "name"], ["title", "  ...", *PRINTED.splitlines()[3:5], "  ...", "  name   fourth value"]),
        (["*fourth"], ["  ...", "  name   fourth value"]),
    ],
)
def test_lines_are_chosen_with_what_is_indented_below(starts: list[str], shown: list[str]) -> None:
    assert regions.chosen(PRINTED, starts, "cnncalc").splitlines() == shown


def test_a_line_that_is_not_printed_stops_the_page() -> None:
    region = "<!-- output: cnncalc window 7 --kernel 3 (lines: output; no such line) -->\n<!-- end -->"
    with pytest.raises(regions.Stale, match="no such line"):
        regions.refreshed(region)
