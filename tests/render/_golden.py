"""Golden files: output that was read once, and may not change unseen.

After an intended change, write them again and read the difference:

    CNNCALC_GOLDEN=write pytest tests/render tests/diagnostics; git diff tests
"""

import os
from pathlib import Path

WRITE = "CNNCALC_GOLDEN"


def hold(path: Path, text: str) -> None:
    """Compare a text with its golden file; with `CNNCALC_GOLDEN=write`, write the file instead."""
    if os.environ.get(WRITE) == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
        return
    if not path.exists():
        raise AssertionError(f"there is no {path.name}: write it with {WRITE}=write, and read it")
    golden = path.read_bytes().decode()
    assert text == golden, f"{path.name} says something else: if it should, write it anew with {WRITE}=write"
