"""PyTorch code by name: a callable or a module in a file or a package, or a model of a library by its short name."""

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import torch
from torch import nn

from cnncalc.importers import Draft
from cnncalc.pytorch.capture import operators
from cnncalc.pytorch.capture.building import on_meta
from cnncalc.pytorch.capture.capturing import Failed, capture
from cnncalc.pytorch.capture.found_code import BadSource, constructor, needed_arguments
from cnncalc.pytorch.capture.input_sizes import candidates
from cnncalc.shape import Shape

# Parts of Python's path that are not the user's code.
_LIBRARIES = (str(Path(torch.__file__).parent), str(Path(__file__).parents[2]))


class Source:
    """A network in PyTorch code. `name` is short (`resnet50`), `text` what the user wrote."""

    def __init__(self, text: str, name: str, call: Callable[[], Any]) -> None:
        self.text, self.name, self._call = text, name, call
        # Sizes that the library of a model names.
        self.sizes: Sequence[Any] = ()
        self._module: nn.Module | None = None

    def make(self, device: str) -> nn.Module:
        """The module, made anew: with values on the `cpu`, without on the `meta` device. Raises `BadSource`."""
        try:
            module = on_meta(self._made) if device == "meta" else self._made()
        except BadSource:
            raise
        except Exception as error:
            raise BadSource(f"{self.text} raises {raised(error)}") from error
        return module

    def _made(self) -> nn.Module:
        module = self._call()
        if not isinstance(module, nn.Module):
            raise BadSource(
                f"{self.text} gives a value of type {type(module).__name__}, not a torch.nn.Module"
            )
        return module

    def draft(
        self, inputs: "Mapping[str, Shape] | Sequence[Shape] | int | None" = None, mode: str = "inference"
    ) -> Draft:
        """The draft of the network for these inputs; a number is the length of every side.

        Without inputs, sizes are tried: those that the code or its configuration names, then the usual ones. Raises
        `BadSource` for code that does not make a module, and `Failed` for a module that does not run.
        """
        if self._module is None:
            self._module = self.make("meta")
        module = self._module
        if inputs is not None and not isinstance(inputs, int):
            return self._captured(module, inputs, mode)
        failures: list[Failed] = []
        tried = candidates(module, self.sizes)
        if inputs is not None:
            tried = [Shape(tried[0].channels, (inputs,) * tried[0].rank)]
        for shape in tried:
            try:
                return self._captured(module, [shape], mode)
            except Failed as error:
                failures.append(error)
        sizes = ", ".join(str(shape) for shape in tried)
        raise Failed(f"runs with none of these inputs: {sizes}. With the first one: {failures[0]}")

    def _captured(
        self, module: nn.Module, inputs: "Mapping[str, Shape] | Sequence[Shape]", mode: str
    ) -> Draft:
        try:
            return capture(module, inputs, mode=mode, name=self.name, origin=self.text)
        except Failed:
            raise
        except Exception as error:
            if not _by_the_model(error):
                raise
            raise Failed(raised(error)) from error


def open_source(text: str, arguments: Sequence[str] = ()) -> Source:
    """The network that `text` names: `net.py:Net`, `package.module:name`, `timm/resnet50`, `torchvision/resnet50`.

    `arguments` are those of the callable, as a command line has them: `resnet50`, `num_classes=10`. Code is imported
    and run. Raises `BadSource`.
    """
    operators.define()
    name, call = constructor(text)
    if isinstance(call, nn.Module):
        if arguments:
            raise BadSource(f"{text} is a module and takes no arguments")
        return Source(text, name, lambda: deepcopy(call))
    positional, keywords = parsed(arguments)
    if missing := needed_arguments(text, call, positional, keywords):
        example = " ".join(f"--arg {argument}=..." for argument in missing)
        words = "argument" if len(missing) == 1 else "arguments"
        raise BadSource(f"{text} needs the {words} {', '.join(missing)}: give {example}")
    source = Source(text, name, lambda: call(*positional, **keywords))
    source.sizes = getattr(call, "sizes", ())
    return source


def parsed(arguments: Sequence[str]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a command line: `NAME=VALUE` or a value, each as YAML reads it. Raises `BadSource`."""
    from cnncalc.text import scalar_value

    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    for argument in arguments:
        name, equals, written = argument.partition("=")
        named = bool(equals) and name.isidentifier()
        value, problem = scalar_value(written if named else argument)
        if problem:
            raise BadSource(f"--arg {argument}: {problem}")
        if named:
            keywords[name] = value
        else:
            positional.append(value)
    return positional, keywords


def raised(error: BaseException) -> str:
    """An error of the user's code in a line: its type, its first line, and the last line of code that is the user's."""
    words = (str(error).strip() or "no message").splitlines()[0]
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_LIBRARIES)
    ]
    place = next((frame for frame in reversed(frames) if not frame.filename.startswith("<")), None)
    where = f" ({_shown(place.filename)}:{place.lineno}: {place.line})" if place is not None else ""
    return f"{type(error).__name__}: {words}{where}"


def _shown(file: str) -> str:
    """A file from its package on, or relative to the working folder."""
    _, installed, rest = file.partition("site-packages/")
    if installed:
        return rest
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file


def _by_the_model(error: BaseException) -> bool:
    """Whether an error comes from the model's own code, and not from what reads the recording."""
    frames = list(_frames(error))
    called = any(frame.endswith("torch/nn/modules/module.py:_call_impl") for frame in frames)
    inside = frames[-1].startswith(_LIBRARIES[1]) and not frames[-1].endswith(":__torch_function__")
    return called and not inside


def _frames(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.name}".replace("\\", "/")
