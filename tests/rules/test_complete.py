"""Nothing is left of the skeleton that `make new-rule` writes."""

from pathlib import Path

import cnncalc
from tests._each import each

PACKAGE = Path(cnncalc.__file__).parent / "rules"
TESTS = Path(__file__).parent
FILES = [*sorted(PACKAGE.rglob("[a-z]*.py")), *sorted(set(TESTS.glob("test_*.py")) - {Path(__file__)})]


@each("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_nothing_is_left_of_the_skeleton(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    left = [f"line {number}: {line.strip()}" for number, line in enumerate(lines, 1) if "FILL" in line]
    assert not left, f"{file.name} is still to be filled in: {'; '.join(left)}"
