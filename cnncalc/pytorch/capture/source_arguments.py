"""Arguments for what makes a module: from the command line, and those that keep it from downloading."""

import ast
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import nn

from cnncalc.pytorch.capture.named_source import BadSource

# Arguments that would download weights, and what they must be instead.
NO_WEIGHTS: Mapping[str, Any] = {
    "pretrained": False,
    "pretrained_backbone": False,
    "weights": None,
    "weights_backbone": None,
}


def parsed(arguments: Sequence[str]) -> tuple[list[Any], dict[str, Any]]:
    """`--arg num_classes=10 --arg resnet50`: positional and named arguments, numbers as numbers."""
    given: list[Any] = []
    keywords: dict[str, Any] = {}
    for text in arguments:
        name, equals, value = text.partition("=")
        if equals and name.isidentifier():
            keywords[name] = _literal(value)
        else:
            given.append(_literal(text))
    return given, keywords


def _literal(text: str) -> Any:
    words = {"true": True, "false": False, "none": None, "null": None}
    if text.lower() in words:
        return words[text.lower()]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def maker(
    target: Any, path: str, given: Sequence[Any], keywords: Mapping[str, Any]
) -> Callable[[], nn.Module]:
    """What makes the module: an instance is there already. Raises `BadSource` for arguments that do not fit."""
    if isinstance(target, nn.Module):
        if given or keywords:
            raise BadSource(f"{path} is a module already, and takes no arguments", "leave out --arg")
        return lambda: target
    if not callable(target):
        raise BadSource(
            f"{path} is {type(target).__name__}, and no class or function that gives a torch.nn.Module",
            "name a class or a function",
        )
    keywords = {**_without_weights(target), **keywords}
    try:
        signature = inspect.signature(target)
    except (TypeError, ValueError):
        signature = None
    if signature is not None:
        try:
            signature.bind(*given, **keywords)
        except TypeError as error:
            raise BadSource(
                f"{path}{signature_text(signature)} cannot be called like this: {error}",
                _missing(signature, given, keywords),
            ) from None
    return lambda: target(*given, **keywords)


def signature_text(signature: inspect.Signature) -> str:
    """The parameters without their annotations: `(num_classes, width=1.0)`."""
    plain = [item.replace(annotation=inspect.Parameter.empty) for item in signature.parameters.values()]
    return str(signature.replace(parameters=plain, return_annotation=inspect.Signature.empty))


def _missing(signature: inspect.Signature, given: Sequence[Any], keywords: Mapping[str, Any]) -> str:
    """The arguments that are missing, as options."""
    named = [
        item
        for item in signature.parameters.values()
        if item.kind in (item.POSITIONAL_OR_KEYWORD, item.KEYWORD_ONLY) and item.default is item.empty
    ]
    left = [item.name for item in named[len(given) :] if item.name not in keywords]
    if left:
        return f"give {' '.join(f'--arg {name}=VALUE' for name in left)}"
    return "compare its arguments with your --arg options"


def _without_weights(target: Any) -> dict[str, Any]:
    """Arguments that keep a library's function from downloading weights."""
    home = (getattr(target, "__module__", "") or "").split(".")[0]
    if home not in ("timm", "torchvision"):
        return {}
    try:
        parameters = inspect.signature(target).parameters
    except (TypeError, ValueError):
        return {}
    return {name: value for name, value in NO_WEIGHTS.items() if name in parameters}
