"""The page of the library: every public name, with what its docstring says."""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import cnncalc

ROOT = Path(__file__).resolve().parents[1]
HEAD = """\
<!-- Made by `make docs`: edits here are lost. -->

# API

Every public name of the library, from its docstrings; [python.md](python.md) shows how they are used. Where nothing
else is said, counts are of one image and bytes are of the batch; a shape has its channels last, as in a spec
(`224x224x3`); and None is a figure that an error leaves unknown. What is wrong with a spec is in `graph.diagnostics`,
and is never raised.
"""
# What the public functions and classes give that has no name in `cnncalc` itself.
RECORDS = {
    "cnncalc.analysis": ("Parameters", "Stored", "Fieldwork", "Disagreement"),
    "cnncalc.analysis.kept": ("KeptTensor",),
    "cnncalc.layers": ("Work",),
    "cnncalc.diagnostic": ("Note", "Fix", "Edit", "DiagnosticKind"),
    "cnncalc.graph.model": ("Unchecked", "Replaced"),
    "cnncalc.memory": ("Alive", "Peak", "Reserved", "Moment", "Refusal", "Backend"),
}
# Methods whose names begin with an underscore, and that are for users.
SPECIAL = ("__getitem__", "__contains__")


class Public(NamedTuple):
    """A public function or class, and the name that it is imported by."""

    name: str
    item: Any


class Member(NamedTuple):
    """A method, a property or a field of a public class."""

    name: str
    signature: str
    text: str
    is_field: bool = False


def public() -> list[Public]:
    """The functions, then the classes, then the records that they give."""
    own = [Public(f"cnncalc.{name}", getattr(cnncalc, name)) for name in cnncalc.__all__ if name[0] != "_"]
    records = [
        Public(f"{module}.{name}", getattr(import_module(module), name))
        for module, names in RECORDS.items()
        for name in names
    ]
    return [*sorted(own, key=lambda entry: (inspect.isclass(entry.item), entry.name)), *records]


def members(kind: type) -> Iterator[Member]:
    """The public members of a class, in the order of its text: fields, properties, methods."""
    comments = field_comments(kind)
    for name in comments:
        if isinstance(vars(kind).get(name), property):
            continue
        yield Member(name, f"{name}: {_annotation(kind, name)}", comments[name], is_field=True)
    for name, item in vars(kind).items():
        if (name.startswith("_") and name not in SPECIAL) or name in comments:
            continue
        if isinstance(item, property | cached_property):
            function = item.fget if isinstance(item, property) else item.func
            yield Member(name, f"{name}: {_returned(function)}", inspect.getdoc(item) or "")
        elif inspect.isfunction(item) or isinstance(item, classmethod):
            function = item.__func__ if isinstance(item, classmethod) else item
            yield Member(name, name + signature(function), inspect.getdoc(function) or "")


def field_comments(kind: type) -> dict[str, str]:
    """The fields that a class states, each with the comment above it; then the attributes that it gives itself."""
    tree = ast.parse(inspect.cleandoc("\n" + inspect.getsource(kind)))
    lines = inspect.cleandoc("\n" + inspect.getsource(kind)).splitlines()
    docstrings = {}
    (body,) = (node.body for node in tree.body if isinstance(node, ast.ClassDef))
    for node in body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id[0] != "_":
            above: list[str] = []
            number = node.lineno - 2
            while lines[number].strip().startswith("#"):
                above.insert(0, lines[number].strip().lstrip("# "))
                number -= 1
            docstrings[node.target.id] = " ".join(above)
    return docstrings | dict.fromkeys(_assigned(body), "")


def _assigned(body: list[ast.stmt]) -> Iterator[str]:
    """The public attributes that `__init__` sets."""
    for function in body:
        if isinstance(function, ast.FunctionDef) and function.name == "__init__":
            for node in ast.walk(function):
                targets = node.targets if isinstance(node, ast.Assign) else []
                if isinstance(node, ast.AnnAssign):
                    targets = [node.target]
                for target in targets:
                    if isinstance(target, ast.Attribute) and not target.attr.startswith("_"):
                        yield target.attr


def _annotation(kind: type, name: str) -> str:
    stated = vars(kind).get("__annotations__", {}).get(name)
    given = inspect.signature(kind).parameters.get(name) if stated is None else None
    if given is not None:
        return _type(given.annotation)
    return _type(_annotated(kind, name) if stated is None else stated)


def _annotated(kind: type, name: str) -> str:
    """The type that `__init__` states of an attribute, or that its value shows."""
    text = inspect.getsource(kind)
    match = re.search(rf"self\.{name}(?:: (?P<type>.+?))? = (?P<value>.+)", text)
    if match is None:
        return "Any"
    return match["type"] or {"False": "bool", "index": "int"}.get(match["value"], "Any")


def _returned(function: Any) -> str:
    return _type(function.__annotations__.get("return", "Any"))


def _type(annotation: Any) -> str:
    """A type as a reader writes it: without the modules' names."""
    if isinstance(annotation, str):
        text = annotation
    elif isinstance(annotation, type) and not hasattr(annotation, "__args__"):
        text = annotation.__qualname__
    else:
        text = str(annotation)
    text = re.sub(r"ForwardRef\('([^']*)'\)", r"\1", text)
    return re.sub(r"\b(?:[a-z_]+\.)+(?=[A-Za-z])", "", text)


def signature(function: Any) -> str:
    """The parameters and what is returned, as one line."""
    parameters = []
    known = inspect.signature(function).parameters.values()
    keywords = False
    for kinds in known:
        if kinds.name in ("self", "cls"):
            continue
        if kinds.kind is kinds.KEYWORD_ONLY and not keywords:
            keywords = True
            parameters.append("*")
        star = "*" if kinds.kind is kinds.VAR_POSITIONAL else "**" if kinds.kind is kinds.VAR_KEYWORD else ""
        typed = f"{star}{kinds.name}: {_type(kinds.annotation)}"
        parameters.append(typed if kinds.default is kinds.empty else f"{typed} = {kinds.default!r}")
    return f"({', '.join(parameters)}) -> {_returned(function)}"


def page() -> str:
    """The whole page."""
    listed = public()
    parts = [HEAD]
    for title, chosen in (
        ("Functions", [entry for entry in listed if not inspect.isclass(entry.item)]),
        (
            "Classes",
            [entry for entry in listed if inspect.isclass(entry.item) and entry.name.count(".") == 1],
        ),
        ("Records", [entry for entry in listed if entry.name.count(".") > 1]),
    ):
        parts.append(f"## {title}\n")
        for other_public in chosen:
            parts += _class(other_public) if inspect.isclass(other_public.item) else _function(other_public)
        if title == "Functions":
            parts += _build()
    return "\n".join(parts)


def _function(public: Public) -> Iterator[str]:
    yield f"### {public.name}\n"
    yield f"```python\n{public.name}{signature(public.item)}\n```\n"
    yield f"{inspect.getdoc(public.item)}\n"


def _class(public: Public) -> Iterator[str]:
    yield f"### {public.name}\n"
    yield f"{inspect.getdoc(public.item)}\n"
    for member in members(public.item):
        text = " ".join(member.text.split("\n\n")[0].split())
        more = member.text.split("\n\n")[1:]
        yield f"- `{member.signature}`" + (f": {text}" if text else "")
        yield from (f"  {' '.join(piece.split())}" for piece in more)
    yield ""


def _build() -> Iterator[str]:
    """`cnncalc.pytorch.build`, from its text: this page is made without PyTorch too."""
    source = (ROOT / "cnncalc" / "pytorch" / "assemble.py").read_text(encoding="utf-8")
    (function,) = (
        node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == "build"
    )
    returned = ast.unparse(function.returns) if function.returns else "Any"
    yield "### cnncalc.pytorch.build\n"
    yield f"```python\ncnncalc.pytorch.build({ast.unparse(function.args)}) -> {returned}\n```\n"
    yield f"{ast.get_docstring(function)}\n"
