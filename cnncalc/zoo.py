"""The shipped specs."""

from functools import cache
from pathlib import Path


@cache
def folder() -> Path:
    """Where they are: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "specs"
    return inside if inside.is_dir() else package.parent / "specs"


def names() -> list[str]:
    """Every shipped spec's name, sorted."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def path(name: str) -> Path | None:
    """The file of a shipped spec; None where there is none of that name."""
    found = folder() / f"{name}.yaml"
    return found if name.replace("_", "").isalnum() and found.is_file() else None
