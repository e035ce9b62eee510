"""Words for people about memory: how a network is run, what a remedy changes, how long a workspace is held."""

from typing import TYPE_CHECKING

from cnncalc import plugins

if TYPE_CHECKING:
    from cnncalc.render.memory.words.categories import CATEGORY_WORDS as CATEGORY_WORDS
    from cnncalc.render.memory.words.moments import describe_moment as describe_moment
    from cnncalc.render.memory.words.remedies import RemedyWords as RemedyWords
    from cnncalc.render.memory.words.remedies import describe_remedy as describe_remedy
    from cnncalc.render.memory.words.setup import describe_setup as describe_setup
    from cnncalc.render.memory.words.setup import optimizer_with_options as optimizer_with_options
    from cnncalc.render.memory.words.workspaces import how_long_held as how_long_held

# The public names of this package, with their modules.
_EXPORTS = {
    "CATEGORY_WORDS": "categories",
    "RemedyWords": "remedies",
    "describe_moment": "moments",
    "describe_remedy": "remedies",
    "describe_setup": "setup",
    "how_long_held": "workspaces",
    "optimizer_with_options": "setup",
}
__all__ = [
    "CATEGORY_WORDS",
    "RemedyWords",
    "describe_moment",
    "describe_remedy",
    "describe_setup",
    "how_long_held",
    "optimizer_with_options",
]

if not TYPE_CHECKING:
    # Hidden from type checkers, which would accept any name.
    def __getattr__(name):
        return plugins.offered(__name__, _EXPORTS, name)
