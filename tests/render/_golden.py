"""Golden files: what was printed and looked at once, held since.

After a change that is meant, write them anew and read the difference:

    CNNCALC_GOLDEN=write pytest tests/render tests/diagnostics; git diff tests
"""

import os
from pathlib import Path

WRITE = "CNNCALC_GOLDEN"


def hold(path: Path, text: str) -> None:
    """Hold a text to its golden file; under `CNNCALC_GOLDEN=write` put it there instead."""
    if os.environ.get(WRITE) == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        return
    if not path.exists():
        raise AssertionError(f"there is no {path.name}: write it with {WRITE}=write, and read it")
    golden = path.read_bytes().decode()
    assert text == golden, f"{path.name} says something else: if it should, write it anew with {WRITE}=write"
