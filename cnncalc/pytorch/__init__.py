"""PyTorch: the only room that imports torch. Builds a graph as a module, runs it, and compares the predictions."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnncalc.pytorch.assemble import build as build

__all__ = ["MissingTorch", "build"]


class MissingTorch(ImportError):
    """PyTorch is not installed."""

    def __init__(self) -> None:
        super().__init__("PyTorch is not installed: install it with `pip install 'cnncalc[torch]'`")


def __getattr__(name: str) -> Any:
    if name != "build":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    require()
    from cnncalc.pytorch.assemble import build

    return build


def require() -> None:
    """Imports torch, or says how to install it. Raises `MissingTorch`."""
    try:
        import torch  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        raise MissingTorch from None
