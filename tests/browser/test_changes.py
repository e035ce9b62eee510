"""The pages of `diff` and `inspect` in a browser: for everyone, at every width, on paper, and inert."""

from pathlib import Path
from typing import Literal

import pytest

from tests.browser._axe import violations
from tests.browser._opening import Pages
from tests.commands._program import run
from tests.drawing._drawn import HOSTILE

pytestmark = pytest.mark.browser

Theme = Literal["light", "dark"]
THEMES = ["light", pytest.param("dark", marks=pytest.mark.long)]
NET = "cnncalc: 1\nname: Net\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 3}\n    name: first\n"
FAULTY = NET.replace("kernel: 3", "kernel: 9")


def written(folder: Path, *arguments: str) -> Path:
    """The page that a command writes."""
    path = folder / "page.html"
    ended = run(*arguments, "-o", path)
    assert path.exists(), ended.err
    return path


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "command",
    [
        "diff lenet5 unet",
        "inspect resnet50 --depth 0",
        pytest.param("diff resnet18 resnet34", marks=pytest.mark.long),
        pytest.param("inspect alexnet_towers", marks=pytest.mark.long),
    ],
)
def test_a_page_is_for_everyone(pages: Pages, tmp_path: Path, command: str, theme: Theme) -> None:
    page = pages.open(written(tmp_path, *command.split()), theme=theme)
    assert violations(page) == []
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("table").count() >= 1


@pytest.mark.parametrize("theme", THEMES)
def test_a_page_of_a_network_with_errors_is_for_everyone(pages: Pages, tmp_path: Path, theme: Theme) -> None:
    for name, text in (("old", NET), ("new", FAULTY)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    old, new = str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml")
    for arguments in (("diff", old, new), ("inspect", new)):
        assert violations(pages.open(written(tmp_path, *arguments), theme=theme)) == []


@pytest.mark.long
@pytest.mark.parametrize("command", ["diff resnet18 resnet34", "inspect vgg16"])
@pytest.mark.parametrize("width", [320, 2560])
def test_what_is_wide_scrolls_by_itself(pages: Pages, tmp_path: Path, command: str, width: int) -> None:
    page = pages.open(written(tmp_path, *command.split()), width=width)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_the_drawing_has_the_change_in_words(pages: Pages, tmp_path: Path) -> None:
    page = pages.open(written(tmp_path, "diff", "resnet18", "resnet34"))
    drawing = page.get_by_role("img", name="resnet18.yaml → resnet34.yaml")
    assert drawing.is_visible()
    about = page.evaluate("() => document.getElementById('about').textContent")
    assert "parameters 11,689,512 → 21,797,672 (+86.5%)" in about
    assert page.get_by_role("rowheader", name="parameters").is_visible()


@pytest.mark.parametrize("theme", THEMES)
def test_it_is_printed_on_white(pages: Pages, tmp_path: Path, theme: Theme) -> None:
    page = pages.open(written(tmp_path, "inspect", "vgg16"), theme=theme)
    page.emulate_media(media="print")
    ground = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
    assert ground == "rgb(255, 255, 255)"


@pytest.mark.long
def test_names_stay_inert(pages: Pages, tmp_path: Path) -> None:
    for hostile in HOSTILE:
        quoted = hostile.replace("'", "''")
        specs = []
        for name, filters in (("old", 4), ("new", 5)):
            spec = tmp_path / f"{name}.yaml"
            layer = f"conv: {filters}\n    name: first"
            text = f"cnncalc: 1\nname: '{quoted}'\nsource: '{quoted}'\ninput: 8x8x3\nlayers:\n  - {layer}\n"
            spec.write_text(text, encoding="utf-8")
            specs.append(str(spec))
        for arguments in (("diff", *specs), ("inspect", specs[0])):
            page = pages.open(written(tmp_path, *arguments))
            assert page.locator("script, img, svg svg").count() == 0
