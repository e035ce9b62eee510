"""The shipped specs."""

import os
from functools import cache


@cache
def folder() -> str:
    """Where they are: inside the installed package, or beside it in a checkout."""
    package = os.path.dirname(os.path.abspath(__file__))
    inside = os.path.join(package, "specs")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "specs")


def names() -> list[str]:
    """Every shipped spec's name, sorted."""
    return sorted(file.removesuffix(".yaml") for file in os.listdir(folder()) if file.endswith(".yaml"))


def path(name: str) -> str | None:
    """The file of a shipped spec; None where there is none of that name."""
    found = os.path.join(folder(), f"{name}.yaml")
    return found if name.replace("_", "").isalnum() and os.path.isfile(found) else None
