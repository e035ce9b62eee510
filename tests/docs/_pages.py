"""The pages of the project, and their prose: the text that is written by hand."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
MADE = "<!-- Made by `make docs`"
# Measured on one machine, and written by `make bench`.
MEASURED = "performance.md"
REGION = re.compile(r"<!-- (output|file|table): .*?<!-- end -->", re.DOTALL)
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def hand_written() -> list[Path]:
    """The pages that are neither generated nor measured."""
    return [
        path
        for path in PAGES
        if path.name != MEASURED and not path.read_text(encoding="utf-8").startswith(MADE)
    ]


def prose(path: Path) -> str:
    """A page without its regions and its code."""
    return FENCE.sub("", REGION.sub("", path.read_text(encoding="utf-8")))
