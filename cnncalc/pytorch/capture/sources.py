"""From what a user names on the command line to a module: `timm/resnet50`, `net.py:Net`."""

import ast
import importlib
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.pytorch.capture.libraries import LIBRARIES, from_library, import_library
from cnncalc.pytorch.capture.named_source import BadSource, TorchSource
from cnncalc.pytorch.capture.running import Failed, failed
from cnncalc.pytorch.capture.source_arguments import maker, parsed
from cnncalc.spec import nearest


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
        return from_library(text, library, name, given, keywords)
    check_place(text)
    where, _, path = text.rpartition(":")
    target = _attribute(_imported(where), path, where)
    return TorchSource(text, _named(path, given, keywords), maker(target, path, given, keywords))


def _named(path: str, given: Sequence[Any], keywords: Mapping[str, Any]) -> str:
    """A name for the network: that of the model where a function takes one."""
    named = keywords.get("model_name", given[0] if given else None)
    return named if path.endswith("create_model") and isinstance(named, str) else path.rpartition(".")[2]


def _imported(where: str) -> Any:
    """The Python module of a file or a dotted name. Raises `BadSource` if it is not there or fails."""
    if where.split(".")[0] in ("torchvision", "timm", "transformers"):
        import_library(where.split(".")[0])
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
    if not names:
        return "it has no class"
    written = ", ".join(f"{file}:{name}" for name in names[:5])
    return f"write {written}" if len(names) == 1 else f"write one of {written}"
