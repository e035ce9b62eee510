"""The source of modules that PyTorch lacks, from `cnncalc/pytorch/own`, with what they need. (Imports no torch.)"""

import ast
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

_ROOM = "cnncalc.pytorch"
# Bases of our own modules, which only say what a module reads; and the methods that belong to them.
_BASES = frozenset(("OwnModule", "EachPosition", "SomePositions"))
_LEFT_OUT = frozenset(("averaged", "unread", "extra_repr"))


class _Module:
    """The text of one file, and its definitions by name."""

    def __init__(self, name: str) -> None:
        data = pkgutil.get_data("cnncalc", f"pytorch/{name}.py")
        assert data is not None
        self.text = data.decode()
        self.lines = self.text.splitlines()
        self.tree = ast.parse(self.text)
        self.defined: dict[str, ast.stmt] = {}
        # What is imported from another file of ours: the name here to the file and the name there.
        self.borrowed: dict[str, tuple[str, str]] = {}
        # What is imported from elsewhere: the name here to the line that imports it alone.
        self.imported: dict[str, str] = {}
        for part in self.tree.body:
            self._declare(part)

    def _declare(self, part: ast.stmt) -> None:
        match part:
            case ast.ClassDef() | ast.FunctionDef():
                self.defined[part.name] = part
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                self.defined[name] = part
            case ast.ImportFrom(module=str(room)) if room.startswith(_ROOM):
                for alias in part.names:
                    file = room.removeprefix(_ROOM).lstrip(".").replace(".", "/") or alias.name
                    self.borrowed[alias.asname or alias.name] = (file, alias.name)
            case ast.ImportFrom(module=str(room)):
                for alias in part.names:
                    name = alias.asname or alias.name
                    rest = f" as {alias.asname}" if alias.asname else ""
                    self.imported[name] = f"from {room} import {alias.name}{rest}"
            case ast.Import():
                for alias in part.names:
                    self.imported[alias.asname or alias.name] = f"import {alias.name}"


@cache
def _file(name: str) -> _Module:
    return _Module(name)


@cache
def _home(name: str) -> str:
    """The file that defines one of our modules."""
    return _file("modules").borrowed[name][0]


@cache
def own_arguments(name: str) -> tuple[tuple[str, ...], Mapping[str, Any]]:
    """The arguments of one of our modules that are written by position, and the defaults of those that have one."""
    file, part = _home(name), name
    first = _file(file).defined[part]
    assert isinstance(first, ast.ClassDef)
    while True:
        module = _file(file)
        defined = module.defined[part]
        assert isinstance(defined, ast.ClassDef)
        start = next(
            (item for item in defined.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"),
            None,
        )
        if start is not None:
            break
        base = next((item.id for item in defined.bases if isinstance(item, ast.Name)), None)
        if base is None:
            return _of_torch(defined)
        file, part = module.borrowed.get(base, (file, base))
    names = [argument.arg for argument in start.args.args[1:]]
    count = len(names) - len(start.args.defaults)
    given = dict(zip(names[count:], start.args.defaults, strict=True))
    keyword = zip(start.args.kwonlyargs, start.args.kw_defaults, strict=True)
    given |= {argument.arg: default for argument, default in keyword if default is not None}
    defaults = {key: ast.literal_eval(value) for key, value in given.items()}
    if start.args.vararg is None:
        return tuple(names[:count])[:1], defaults
    # It hands its other arguments to PyTorch's module.
    positional, others = _of_torch(first)
    return positional, {**others, **defaults}


def passes_on(name: str) -> bool:
    """Whether one of our modules has the arguments of the module of PyTorch that it extends."""
    positional, _ = own_arguments(name)
    return len(positional) > 1


def _of_torch(defined: ast.ClassDef) -> tuple[tuple[str, ...], Mapping[str, Any]]:
    """The arguments of a class that takes over those of PyTorch's."""
    from cnncalc.exporters.torch_source.calls import signature

    for base in defined.bases:
        if isinstance(base, ast.Attribute) and isinstance(base.value, ast.Name) and base.value.id == "nn":
            known = signature(f"nn.{base.attr}")
            return known.positional, known.defaults
    return (), {}


def sources(wanted: list[str]) -> tuple[list[str], set[str]]:
    """The definitions of these modules, each after what it needs, as text; and the lines that import the rest."""
    texts: dict[tuple[str, str], str] = {}
    imports: set[str] = set()
    for name in wanted:
        _collect(_home(name), name, texts, imports)
    return list(texts.values()), imports


def _collect(file: str, name: str, texts: dict[tuple[str, str], str], imports: set[str]) -> None:
    if (file, name) in texts:
        return
    module = _file(file)
    part = module.defined[name]
    text = _text(module, part)
    tree = ast.parse(text)
    for used in dict.fromkeys(item.id for item in ast.walk(tree) if isinstance(item, ast.Name)):
        if used in module.defined and used != name:
            _collect(file, used, texts, imports)
        elif used in module.borrowed:
            _collect(*module.borrowed[used], texts, imports)
        elif used in module.imported:
            imports.add(module.imported[used])
    texts[file, name] = text


def _text(module: _Module, part: ast.stmt) -> str:
    """One definition, without what only cnncalc needs."""
    assert part.end_lineno is not None
    skipped: set[int] = set()
    replaced: dict[int, str] = {}
    if isinstance(part, ast.ClassDef):
        replaced[part.lineno] = _heading(part)
        for before, item in zip([None, *part.body], part.body, strict=False):
            if isinstance(item, ast.FunctionDef) and item.name in _LEFT_OUT:
                assert before is not None
                assert before.end_lineno is not None
                assert item.end_lineno is not None
                skipped.update(range(before.end_lineno + 1, item.end_lineno + 1))
    lines = []
    for number in range(part.lineno, part.end_lineno + 1):
        if number not in skipped:
            line = replaced.get(number, module.lines[number - 1])
            lines.append(re.sub(r"\s*# type: ignore.*$", "", line))
    return "\n".join(lines)


def _heading(part: ast.ClassDef) -> str:
    bases = [ast.unparse(base) for base in part.bases]
    kept = [base for base in bases if base.rpartition(".")[2] not in _BASES]
    if not bases:
        return f"class {part.name}:"
    return f"class {part.name}({', '.join(kept or ['nn.Module'])}):"
