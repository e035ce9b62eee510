"""`cnncalc report` of unusual specs in a browser: the script runs through, and a line selects what it makes."""

from pathlib import Path

import pytest

from tests.browser._opening import Pages
from tests.commands._program import run
from tests.webpage.test_page import SPECS

pytestmark = pytest.mark.browser


def report(folder: Path, spec: str) -> Path:
    (folder / "net.yaml").write_text(spec, encoding="utf-8")
    path = folder / "report.html"
    assert run("report", folder / "net.yaml", "-o", path).status in (0, 1)
    return path


@pytest.mark.long
def test_every_spec_has_a_page_that_works(pages: Pages, tmp_path: Path) -> None:
    for name, spec in SPECS.items():
        if name == "shipped":
            continue
        page = pages.open(report(tmp_path, spec), width=320, fragment="#conv1")
        assert page.locator("html.scripted").count() == 1
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 320


def test_presses_of_the_number_of_a_line_select_its_layers_one_after_another(
    pages: Pages, tmp_path: Path
) -> None:
    page = pages.open(report(tmp_path, SPECS["with errors"]))
    line = page.locator("[id=':line5'] a.number")
    selected = []
    for _ in range(5):
        line.click()
        selected.append(page.url.partition("#")[2])
    assert selected == ["unit1.conv1", "unit1.relu1", "unit2.conv1", "unit2.relu1", "unit1.conv1"]
