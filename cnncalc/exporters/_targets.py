"""The targets by name, and which one a file name means."""

from cnncalc import plugins
from cnncalc.exporters._exporter import Exporter

_EXPORTERS = "cnncalc.exporters"


def names() -> tuple[str, ...]:
    """The names of all targets, sorted. (Loads none of them.)"""
    return tuple(name.replace("_", "-") for name in plugins.names(_EXPORTERS))


def target(name: str) -> type[Exporter]:
    """A target by its name. Raises `ModuleNotFoundError` if there is none."""
    return plugins.only(plugins.load(_EXPORTERS, name.replace("-", "_")), Exporter)  # type: ignore[type-abstract]


def of_file(path: str) -> str | None:
    """The name of the target that the end of a file name means: the longest one that fits. None if none does."""
    low = path.lower()
    fitting = [
        (len(suffix), name) for name in names() for suffix in target(name).suffixes if low.endswith(suffix)
    ]
    return max(fitting)[1] if fitting else None
