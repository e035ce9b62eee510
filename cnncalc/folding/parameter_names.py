"""Names for the parameters of a block: `width`, `filters`, or the modules whose channels they are."""

from collections.abc import Container, Mapping, Sequence
from typing import Any

from cnncalc.folding.elements import Call, Layer
from cnncalc.folding.names import free, is_word, snake
from cnncalc.folding.skeletons import Hole

# Fields of which a reader expects their default: 1.
ONES = ("stride", "dilation", "groups")
# From this number on, parameters of channels have the names of modules.
MANY = 3


def parameter_names(
    values: Mapping[str, Sequence[Any]],
    channels: Container[str],
    holes: Mapping[str, Hole],
    defaults: Mapping[str, Any],
    uses: Sequence[Call],
) -> dict[str, str]:
    """A name for each parameter, which had the name of its field so far.

    `values` are those of all uses, `channels` the parameters that are numbers of channels, `holes` what they fill in
    the first use. `filters` is the channels of the block's output. Of others, a single one is the `width`; several
    have the names of the modules.
    """
    leaving = [use.leaving.channels if use.leaving else None for use in uses]
    kept = {name for name in values if name not in channels or holes[name].field in ONES}
    others = [name for name in values if name not in kept and values[name] != leaving]
    names: dict[str, str] = {}
    taken = kept | {name for name in defaults if name not in values}
    for name in values:
        if name in kept:
            names[name] = name
            continue
        hole = holes[name]
        if values[name] == leaving:
            word = "filters"
        elif isinstance(hole.element, Call) and hole.field not in ("filters", "width"):
            word = hole.field
        elif len(others) < MANY:
            word = "width"
        else:
            word = _module(hole, uses[0]) or "width"
        names[name] = free(word, taken)
        taken.add(names[name])
    return names


def _module(hole: Hole, use: Call) -> str | None:
    """The path of a layer's module inside the block, as a name: `branch2_0`."""
    path = hole.element.path if isinstance(hole.element, Call) else ""
    if isinstance(hole.element, Layer) and hole.element.scopes:
        path = hole.element.scopes[-1].path
    inside = path.removeprefix(f"{use.path}.")
    if inside == path or not use.path:
        return None
    word = snake(inside.replace(".", "_").split("_conv")[0])
    return word if word.isidentifier() and not is_word(word) else None
