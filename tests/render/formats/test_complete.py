"""Nothing is left of the skeleton that `make new-format` writes."""

from pathlib import Path

import pytest

from cnncalc.render import formats

PACKAGE = Path(formats.__file__).parent
TESTS = Path(__file__).parent
FILES = [*sorted(PACKAGE.glob("[a-z]*.py")), *sorted(set(TESTS.glob("test_*.py")) - {Path(__file__)})]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_nothing_is_left_of_the_skeleton(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    left = [f"line {number}: {line.strip()}" for number, line in enumerate(lines, 1) if "FILL" in line]
    assert not left, f"{file.name} is still to be filled in: {'; '.join(left)}"
