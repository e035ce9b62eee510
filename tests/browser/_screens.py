"""Screenshots that were looked at once, compared with tolerance: machines have other fonts and other browsers.

After an intended change, write them again and look at them:

    CNNCALC_GOLDEN=write pytest -m browser tests/browser; git diff --stat tests
"""

import io
import os
from pathlib import Path
from typing import NamedTuple

import numpy
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

from tests.render._golden import WRITE

STORED = Path(__file__).parent / "screens"
# Pictures are compared as grids of cells of this many pixels a side.
CELL = 16
# How far apart, of 255, the cells may be on average, and the worst one. Drawings have the same shapes in every font,
# and are compared without their text, which other tests hold: then only how edges are smoothed may differ. The palest
# box of a drawing that is missing is 17 apart in a cell. A page that flows with its text is compared with `FLOWING`.
EXACT = (0.5, 8.0)
FLOWING = (6.0, 255.0)
WITHOUT_TEXT = "svg text{visibility:hidden!important}"


class Apart(NamedTuple):
    """How far two pictures are apart, of 255: all cells on average, and the worst cell."""

    mean: float
    worst: float

    def within(self, tolerance: tuple[float, float]) -> bool:
        mean, worst = tolerance
        return self.mean <= mean and self.worst <= worst


def apart(first: bytes, second: bytes) -> Apart:
    """Compare two PNGs. Of another size they are wholly apart: the size of a page may not depend on fonts."""
    left, right = _cells(first), _cells(second)
    if left.shape != right.shape:
        return Apart(255.0, 255.0)
    difference = numpy.abs(left - right).max(axis=2)
    return Apart(float(difference.mean()), float(difference.max()))


def picture_of(page: Page, *, text: bool = True, whole: bool = True) -> bytes:
    """A PNG of the `whole` page, or of what is seen without scrolling; without `text`, its drawings have none."""
    return page.screenshot(full_page=whole, animations="disabled", style="" if text else WITHOUT_TEXT)


def hold_screen(name: str, page: Page, folder: Path, *, flowing: bool = False) -> None:
    """Compare a page with its stored screenshot; with `CNNCALC_GOLDEN=write`, store it.

    A `flowing` page is as long as its text, whatever the font: then only what is seen without scrolling is compared,
    as `FLOWING`. A page that looks different is left in `folder` as a picture.
    """
    path = STORED / f"{name}.png"
    png = picture_of(page, text=flowing, whole=not flowing)
    if os.environ.get(WRITE) == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(_packed(png, 32 if flowing else None))
        return
    if not path.exists():
        raise AssertionError(f"there is no {path.name}: write it with {WRITE}=write, and look at it")
    distance = apart(path.read_bytes(), png)
    if not distance.within(FLOWING if flowing else EXACT):
        seen = folder / path.name
        seen.write_bytes(png)
        raise AssertionError(f"{path.name} looks different ({distance}): the page is now as in {seen}")


def _cells(png: bytes) -> NDArray[numpy.float64]:
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    wide, high = max(1, picture.width // CELL), max(1, picture.height // CELL)
    return numpy.asarray(picture.resize((wide, high), Image.Resampling.BOX), dtype=numpy.float64)


def _packed(png: bytes, colours: int | None) -> bytes:
    """The picture in fewer bytes: the same, or with this many colours only."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    packed = io.BytesIO()
    (picture if colours is None else picture.quantize(colours)).save(packed, "png", optimize=True)
    return packed.getvalue()
