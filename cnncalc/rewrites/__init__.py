"""Rewrites of a network into another: one file each, found by its name (`fc_to_conv` is `--fc-to-conv`)."""

from cnncalc import plugins
from cnncalc.rewrites._draft import DraftLayer, RewriteDraft, RewriteRefused
from cnncalc.rewrites._faults import NO_REWRITE, NO_SLIDE
from cnncalc.rewrites._rewrite import Effect, Rewrite, Rewritten, WeightSource, applied
from cnncalc.rewrites._slide import Passed, Slide, slide

__all__ = [
    "NO_REWRITE",
    "NO_SLIDE",
    "DraftLayer",
    "Effect",
    "Passed",
    "Rewrite",
    "RewriteDraft",
    "RewriteRefused",
    "Rewritten",
    "Slide",
    "WeightSource",
    "applied",
    "names",
    "rewrite_type",
    "slide",
]


def names() -> tuple[str, ...]:
    """Every rewrite's name, sorted; imports none of them."""
    return plugins.names(__name__)


def rewrite_type(name: str) -> type[Rewrite]:
    """The class of a rewrite. Raises `ModuleNotFoundError` where there is none."""
    return plugins.only(plugins.load(__name__, name), Rewrite)  # type: ignore[type-abstract]
