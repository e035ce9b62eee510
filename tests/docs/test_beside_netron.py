"""The page with Netron's pictures: each network has both, with words, and the page stays light."""

import re

from docs.beside_netron import DRAWN, NETRON, VERSION
from tests.docs._pages import ROOT

DOCS = ROOT / "docs"
PAGE = (DOCS / "drawing-and-netron.md").read_text(encoding="utf-8")
# Bytes of one picture of Netron, and of the page with all pictures.
PICTURE, WHOLE = 60_000, 700_000


def test_ten_networks_have_both_pictures() -> None:
    assert len(NETRON) == 10
    shown = re.findall(
        r"^\| !\[([^\]]+)\]\(([\w/.]+)\) \| !\[([^\]]+)\]\(([\w/.]+)\) \|$", PAGE, re.MULTILINE
    )
    own = [f"{'pictures' if name in DRAWN else 'netron'}/{name}.svg" for name in NETRON]
    assert [first for _, first, _, _ in shown] == own
    assert [second for _, _, _, second in shown] == [f"netron/{name}.webp" for name in NETRON]
    assert all(len(words) > 30 for left, _, right, _ in shown for words in (left, right))


def test_no_picture_is_left_over() -> None:
    names = {f"{name}.webp" for name in NETRON} | {f"{name}.svg" for name in NETRON if name not in DRAWN}
    assert {path.name for path in (DOCS / "netron").iterdir()} == names


def test_the_page_is_light() -> None:
    sizes = {
        path: (DOCS / path).stat().st_size for path in re.findall(r"\]\(((?:pictures|netron)/[\w.]+)\)", PAGE)
    }
    assert max(size for path, size in sizes.items() if path.endswith(".webp")) <= PICTURE
    assert sum(sizes.values()) + len(PAGE) <= WHOLE


def test_the_version_of_netron_is_named() -> None:
    assert f"Netron {VERSION} with the" in PAGE
