"""From what a user names on the command line to a module: `timm/resnet50`, `net.py:Net`."""

import ast
import importlib
import importlib.machinery
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import nn

from cnncalc.pytorch.capture import operators
from cnncalc.pytorch.capture.running import Failed, failed
from cnncalc.spec import nearest

# The libraries with short names.
LIBRARIES = ("timm", "torchvision", "hf")
# Arguments that would download weights, and what they must be instead.
NO_WEIGHTS: Mapping[str, Any] = {
    "pretrained": False,
    "pretrained_backbone": False,
    "weights": None,
    "weights_backbone": None,
}


class BadSource(Exception):
    """A source that gives no module: why, and what to do."""

    def __init__(self, message: str, help: str = "") -> None:
        self.help = help
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class TorchSource:
    """A source of PyTorch code: its text, a short name for the network, and what makes the module."""

    text: str
    name: str
    make: Callable[[], nn.Module]


def check_place(text: str) -> None:
    """Raises `BadSource` for a source that is not there or not complete. Runs no code of it."""
    library, slash, _ = text.partition("/")
    if slash and library in LIBRARIES and not os.path.exists(text):
        return
    where, colon, path = text.rpartition(":")
    if text.endswith(".py") and not os.path.exists(text):
        raise BadSource(f"there is no file {text!r}", "check the path")
    if not colon or not where or not path:
        raise BadSource(
            f"{text!r} does not say which class or function gives the module",
            _candidates(text) if text.endswith(".py") else "write FILE.py:NAME, MODULE:NAME, or timm/NAME",
        )
    if where.endswith(".py"):
        if not os.path.isfile(where):
            raise BadSource(f"there is no file {where!r}", "check the path")
        return
    # The module around all others is looked for, and not run; as when it runs, the folder here is looked through too.
    first = where.partition(".")[0]
    here = [*sys.path, os.getcwd()]
    if first in sys.modules or importlib.machinery.PathFinder.find_spec(first, here) is not None:
        return
    # Packages that are installed to be edited are found by finders of their own.
    if importlib.util.find_spec(first) is None:
        raise _no_module(first)


def _no_module(name: str) -> BadSource:
    return BadSource(
        f"there is no Python module {name!r}",
        f"install it in this environment ({sys.executable}), or write FILE.py:NAME for a file",
    )


def resolve(text: str, arguments: Sequence[str] = ()) -> TorchSource:
    """The source that a text names. Imports its code. Raises `BadSource`."""
    given, keywords = parsed(arguments)
    library, slash, name = text.partition("/")
    if slash and library in LIBRARIES and not os.path.exists(text):
        return _short(text, library, name, given, keywords)
    check_place(text)
    where, _, path = text.rpartition(":")
    target = _attribute(_imported(where), path, where)
    return TorchSource(text, _named(path, given, keywords), _maker(target, path, given, keywords))


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


def _named(path: str, given: Sequence[Any], keywords: Mapping[str, Any]) -> str:
    """A name for the network: that of the model where a function takes one."""
    named = keywords.get("model_name", given[0] if given else None)
    return named if path.endswith("create_model") and isinstance(named, str) else path.rpartition(".")[2]


def _imported(where: str) -> Any:
    """The Python module of a file or a dotted name. Raises `BadSource` if it is not there or fails."""
    if where.split(".")[0] in ("torchvision", "timm", "transformers"):
        _import_library(where.split(".")[0])
    is_file = where.endswith(".py")
    folder = os.path.dirname(os.path.abspath(where)) if is_file else os.getcwd()
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        if not is_file:
            return importlib.import_module(where)
        name = os.path.splitext(os.path.basename(where))[0]
        spec = importlib.util.spec_from_file_location(name, where)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module
    except ModuleNotFoundError as error:
        if error.name is not None and (where == error.name or where.startswith(f"{error.name}.")):
            raise _no_module(error.name) from error
        stop = failed(error)
        raise BadSource(
            f"{where} imports {error.name!r}, which is not installed{_place_of(stop)}",
            f"install it in this environment ({sys.executable})",
        ) from error
    except (Exception, SystemExit) as error:
        stop = failed(error)
        raise BadSource(
            f"{where} cannot be imported: {stop}{_place_of(stop)}",
            "the code must define the network without an error when it is imported",
        ) from error


def _place_of(stop: Failed) -> str:
    return f" ({stop.place})" if stop.place else ""


def _import_library(name: str) -> None:
    """Imports a library; torchvision where its compiled part does not load too."""
    if importlib.util.find_spec(name) is None:
        raise BadSource(f"{name} is not installed", f"pip install {name}")
    operators.import_torchvision()


def _attribute(module: Any, path: str, where: str) -> Any:
    target = module
    for name in path.split("."):
        if not hasattr(target, name):
            close = nearest(name, [word for word in dir(target) if not word.startswith("_")])
            raise BadSource(
                f"{where} has no {name!r}", f"did you mean {close!r}?" if close else _candidates(where)
            )
        target = getattr(target, name)
    return target


def _candidates(file: str) -> str:
    """The classes and functions of a file, by reading it: it is not run."""
    try:
        with open(file, encoding="utf-8") as source:
            tree = ast.parse(source.read())
    except (OSError, ValueError, SyntaxError):
        return "write FILE.py:NAME"
    names = [
        item.name
        for item in tree.body
        if isinstance(item, ast.ClassDef | ast.FunctionDef) and not item.name.startswith("_")
    ]
    return f"write one of {', '.join(f'{file}:{name}' for name in names[:5])}" if names else "it has no class"


def _maker(
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


def _short(
    text: str, library: str, name: str, given: Sequence[Any], keywords: Mapping[str, Any]
) -> TorchSource:
    """A model of a library by its name there."""
    if library == "hf":
        return _transformers(text, name, keywords)
    _import_library(library)
    if library == "timm":
        timm = importlib.import_module("timm")
        if not timm.is_model(name):
            close = nearest(name, timm.list_models())
            raise BadSource(f"timm has no model {name!r}", f"did you mean timm/{close}?" if close else "")
        return TorchSource(text, name, lambda: timm.create_model(name, *given, pretrained=False, **keywords))
    models = importlib.import_module("torchvision.models")
    if name not in models.list_models():
        close = nearest(name, models.list_models())
        raise BadSource(
            f"torchvision has no model {name!r}", f"did you mean torchvision/{close}?" if close else ""
        )
    builder = models.get_model_builder(name)
    return TorchSource(text, name, _maker(builder, name, given, keywords))


def _transformers(text: str, name: str, keywords: Mapping[str, Any]) -> TorchSource:
    """A model of transformers from its configuration: `hf/resnet`, or `hf/ConvNextForImageClassification`."""
    if importlib.util.find_spec("transformers") is None:
        raise BadSource("transformers is not installed", "pip install transformers")
    operators.import_torchvision()
    library = importlib.import_module("transformers")
    try:
        if hasattr(library, name):
            kind = getattr(library, name)
            settings = kind.config_class(**keywords)
        else:
            settings = library.AutoConfig.for_model(name, **keywords)
            kind = library.AutoModelForImageClassification._model_mapping[type(settings)]
    except (AttributeError, KeyError, ValueError, TypeError) as error:
        lines = str(error).splitlines()
        raise BadSource(
            f"transformers has no model {name!r} that a configuration alone gives ({lines[0] if lines else error})",
            "write hf/TYPE (hf/resnet) or hf/CLASS (hf/ResNetForImageClassification)",
        ) from error
    return TorchSource(text, name, lambda: kind(settings))


@contextmanager
def no_downloads() -> Iterator[None]:
    """Code that connects to a server while this lasts gets an error that says why."""
    import socket

    def refuse(*arguments: Any, **keywords: Any) -> Any:
        raise OSError(
            "cnncalc downloads nothing: make the model without weights (weights=None, pretrained=False)"
        )

    before = {name: getattr(socket, name) for name in ("create_connection", "getaddrinfo")}
    variables = {name: os.environ.get(name) for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")}
    try:
        for name in before:
            setattr(socket, name, refuse)
        os.environ.update(dict.fromkeys(variables, "1"))
        yield
    finally:
        for name, function in before.items():
            setattr(socket, name, function)
        for name, value in variables.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
