"""Finds the callable or the module that a source names: in a file, in a package, or in a library of models."""

import importlib
import importlib.util
import inspect
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from cnncalc.spec import nearest

# Names in a message at most.
SHOWN = 8


class BadSource(Exception):
    """A source that makes no module: what is wrong, in a sentence."""


def constructor(text: str) -> tuple[str, Any]:
    """A short name for a source, and the callable or the module that it names. Raises `BadSource`."""
    library, slash, model = text.partition("/")
    if slash and library in LIBRARIES and ":" not in text:
        return model, LIBRARIES[library](model)
    place, colon, name = text.rpartition(":")
    if not colon or not place or not name:
        raise BadSource(
            f"{text} names no code: write FILE.py:NAME, PACKAGE:NAME, timm/NAME or torchvision/NAME"
        )
    module = _from_file(Path(place)) if place.endswith(".py") else _imported(place)
    value: Any = module
    for part in name.split("."):
        if not hasattr(value, part):
            raise BadSource(_no_such(part, place, value))
        value = getattr(value, part)
    return name.rpartition(".")[2], value


def _no_such(name: str, place: str, holder: Any) -> str:
    names = (
        [other for other in vars(holder) if not other.startswith("_")] if hasattr(holder, "__dict__") else []
    )
    close = nearest(name, names)
    return f"{place} has no `{name}`" + (f": did you mean `{close}`?" if close else "")


def _from_file(path: Path) -> ModuleType:
    """The module of a file; files beside it can be imported by it, as if it was run."""
    if not path.is_file():
        raise BadSource(f"there is no file {path}")
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(path.stem)
    sys.modules[path.stem] = module
    try:
        _run(lambda: spec.loader.exec_module(module), str(path))  # type: ignore[union-attr]
    except BaseException:
        del sys.modules[path.stem]
        if before is not None:
            sys.modules[path.stem] = before
        raise
    return module


def _imported(name: str) -> ModuleType:
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        module: ModuleType = _run(lambda: importlib.import_module(name), name)
    except ModuleNotFoundError as error:
        raise BadSource(f"there is no module {error.name}") from None
    return module


def _run(work: Callable[[], Any], what: str) -> Any:
    """Runs code of the user. Its errors are `BadSource`, with their last line."""
    from cnncalc.pytorch.capture.sources import raised

    try:
        with _quiet():
            return work()
    except ModuleNotFoundError as error:
        if error.name is not None and what.startswith(error.name):
            raise
        raise BadSource(f"{what} raises {raised(error)}") from error
    except Exception as error:
        raise BadSource(f"{what} raises {raised(error)}") from error
    except SystemExit as error:
        raise BadSource(f"{what} ends the program when it is imported") from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the warnings of libraries, which are not about this use of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _library(name: str) -> ModuleType:
    try:
        module: ModuleType = _run(lambda: importlib.import_module(name), name)
    except ModuleNotFoundError:
        raise BadSource(f"{name} is not installed: install it with `pip install {name}`") from None
    return module


def _timm(model: str) -> Callable[..., Any]:
    timm: Any = _library("timm")
    if not timm.is_model(model):
        raise BadSource(_no_model("timm", model, timm.list_models()))

    def make(**keywords: Any) -> Any:
        with _quiet():
            return timm.create_model(model, pretrained=False, **keywords)

    return make


def _torchvision(model: str) -> Callable[..., Any]:
    models: Any = _library("torchvision").models
    names = models.list_models()
    if model not in names:
        raise BadSource(_no_model("torchvision", model, names))
    builder = models.get_model_builder(model)
    without = [name for name in inspect.signature(builder).parameters if name.startswith("weights")]

    def make(**keywords: Any) -> Any:
        # No weights are downloaded.
        with _quiet():
            return builder(**{**keywords, **dict.fromkeys(without)})

    weights = next(iter(models.get_model_weights(model)), None)
    crop = getattr(getattr(weights, "transforms", None), "keywords", {}).get("crop_size")
    vars(make)["sizes"] = () if crop is None else (crop,)
    return make


def _no_model(library: str, name: str, names: Sequence[str]) -> str:
    close = nearest(name, names)
    return f"{library} has no model {name}" + (f": did you mean {library}/{close}?" if close else "")


# The libraries whose models have short names.
LIBRARIES: Mapping[str, Callable[[str], Callable[..., Any]]] = {"timm": _timm, "torchvision": _torchvision}


def needed_arguments(
    text: str, call: Any, positional: Sequence[Any], keywords: Mapping[str, Any]
) -> list[str]:
    """The arguments without a default that a call would lack. Raises `BadSource` for one that it does not have."""
    if not callable(call):
        raise BadSource(
            f"{text} is a value of type {type(call).__name__}: not callable, and no torch.nn.Module"
        )
    try:
        signature = inspect.signature(call)
    except (TypeError, ValueError):
        return []
    try:
        bound = signature.bind_partial(*positional, **keywords)
    except TypeError as error:
        known = ", ".join(list(signature.parameters)[:SHOWN])
        raise BadSource(f"{text} does not take these arguments: {error}. It has: {known or 'none'}") from None
    plain = (
        inspect.Parameter.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.KEYWORD_ONLY,
    )
    return [
        name
        for name, parameter in signature.parameters.items()
        if parameter.kind in plain
        and parameter.default is inspect.Parameter.empty
        and name not in bound.arguments
    ]
