"""What the `forward` of a model takes."""

import inspect

from torch import nn


def required_inputs(module: nn.Module) -> tuple[str, ...]:
    """The names of the arguments that `forward` needs; a model with `*args` needs one."""
    try:
        parameters = inspect.signature(module.forward).parameters.values()
    except (TypeError, ValueError):
        return ("input",)
    needed = [
        item.name
        for item in parameters
        if item.kind in (item.POSITIONAL_ONLY, item.POSITIONAL_OR_KEYWORD) and item.default is item.empty
    ]
    if not needed:
        # `forward(pixel_values=None, labels=None)`: the first is the image.
        needed = [item.name for item in parameters if item.kind is not item.VAR_KEYWORD][:1]
    return tuple(needed)


def dictionary_of(module: nn.Module) -> str | None:
    """What `forward` takes if it says that it takes no tensor: `dict`."""
    try:
        parameters = list(inspect.signature(module.forward).parameters.values())
    except (TypeError, ValueError):
        return None
    words = str(parameters[0].annotation).lower() if parameters else ""
    return next(
        (kind for kind in ("dict", "list") if words.startswith((kind, f"typing.{kind}", f"<class '{kind}"))),
        None,
    )
