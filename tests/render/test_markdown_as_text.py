"""Pages of diagnostics without rich read as rich renders their Markdown."""

from io import StringIO

from rich.console import Console
from rich.markdown import Markdown

from cnncalc import describe
from cnncalc.render.markdown_as_text import WIDEST, text
from cnncalc.render.piece import Piece
from tests._each import each


def theirs(page: str, width: int) -> list[str]:
    console = Console(file=StringIO(), width=width)
    console.print(Markdown(page))
    assert isinstance(console.file, StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@each("width", [40, 80, WIDEST])
@each("code", describe.faults())
def test_a_page_reads_as_rich_renders_it(code: str, width: int) -> None:
    page = describe.fault_page(describe.faults()[code])
    assert "".join(text(page, width)).splitlines() == theirs(page, width)


def test_a_wide_page_is_laid_out_narrower() -> None:
    page = describe.fault_page(describe.faults()["S001"])
    assert list(text(page, None)) == list(text(page, 500)) == list(text(page, WIDEST))


def test_headings_and_code_have_a_style() -> None:
    pieces = [piece for piece in text("## Title\n\nUse `a * b` \\*now\\*.\n", 80) if isinstance(piece, Piece)]
    styles = [("Title", "bold"), ("Use ", ""), ("a * b", "cyan"), (" *now*.", "")]
    assert [(str(piece), piece.style) for piece in pieces] == styles
