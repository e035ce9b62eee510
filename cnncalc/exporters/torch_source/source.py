"""The text of the file: imports, our own modules, and one class after another."""

from cnncalc.exporters.torch_source import naming
from cnncalc.exporters.torch_source.base import Made
from cnncalc.exporters.torch_source.expression import Expr
from cnncalc.exporters.torch_source.forward import Forward
from cnncalc.exporters.torch_source.own import sources
from cnncalc.exporters.torch_source.parts import (
    WIDTH,
    ForPart,
    IfPart,
    ModulePart,
    Part,
    SplatPart,
    call_lines,
    item_lines,
    loop_text,
    module_lines,
)  # fmt: skip
from cnncalc.exporters.torch_source.writer import ClassWriter

IN_METHOD = " " * 8
ROUND_TO = '''\
def round_to(number: float, step: int) -> int:
    """The multiple of `step` nearest to a number, never more than 10% below it."""
    rounded = max(step, int(number + step / 2) // step * step)
    return rounded + step if rounded < 0.9 * number else rounded
'''


def class_lines(writer: ClassWriter, docstring: str, extra: list[str], comments: bool) -> list[str]:
    """One class. `extra` are lines at the end of its constructor."""
    naming.decide([*(piece.attribute for piece in writer.made), *(flag for flag, _ in writer.flags)])
    lines = [f"class {writer.title}(nn.Module):"]
    lines += _docstring(docstring)
    body = _constructor(writer) + extra
    if body:
        lines += ["", *_definition(writer), f"{IN_METHOD}super().__init__()", *body]
    forward = Forward(writer.operations, writer.inputs, writer.outputs, stages=writer.is_network)
    result = "Tensor" if len(writer.outputs) == 1 else f"tuple[{', '.join(['Tensor'] * len(writer.outputs))}]"
    taken = [f"{word}: Tensor" for word in forward.arguments]
    written = forward.write()
    head = call_lines("", "def forward(", ["self", *taken], f") -> {result}:", "    ")
    if len(head[-1]) > WIDTH:
        # A result of many tensors is broken too.
        head[-1:] = call_lines("", ") -> tuple[", ["Tensor"] * len(writer.outputs), "]:", "    ")
    lines += ["", *head, *written]
    if not docstring:
        del lines[1]
    return lines


def _docstring(text: str) -> list[str]:
    if not text:
        return []
    text = text.replace("\\", "\\\\").replace('"""', "'''")
    if text.endswith('"'):
        text += " "
    return [f'    """{text}"""']


def _definition(writer: ClassWriter) -> list[str]:
    pieces = ["self"]
    for word, parameter in writer.signature():
        default = f" = {parameter.default.text()}" if parameter.default is not None else ""
        pieces.append(f"{word}: {parameter.annotation}{default}")
    return call_lines("", "def __init__(", pieces, ") -> None:", "    ")


def _constructor(writer: ClassWriter) -> list[str]:
    lines = []
    names = writer.used_names()
    for word, expr in writer.names.locals.items():
        if word in names:
            lines.append(f"{IN_METHOD}{word} = {expr.text()}")
    for piece in writer.made:
        lines += _attribute(piece, writer)
    lines += [f"{IN_METHOD}self.{flag.name} = {condition.text()}" for flag, condition in writer.flags]
    return lines


def _attribute(piece: Made, writer: ClassWriter) -> list[str]:
    """The lines that construct one attribute."""
    name, parts = f"self.{piece.attribute.name}", piece.parts
    if piece.single:
        (part,) = parts
        assert isinstance(part, ModulePart)
        return module_lines(part, f"{name} = ", "", IN_METHOD)
    if all(isinstance(part, ModulePart | SplatPart) for part in parts):
        return _sequential(f"{name} = ", parts, IN_METHOD)
    if (
        len(parts) == 1
        and isinstance(only := parts[0], IfPart)
        and all(isinstance(part, ModulePart | SplatPart) for part in only.parts)
    ):
        condition = f"{IN_METHOD}if {only.condition.text()}:"
        inner = _sequential(f"{name} = ", only.parts, IN_METHOD + "    ")
        return [f"{IN_METHOD}{name} = nn.Sequential()", condition, *inner]
    word = "layers" if "layers" not in writer.names.parameters else "modules"
    lines = _added(parts, word, IN_METHOD, begins=True)
    return [*lines, f"{IN_METHOD}{name} = nn.Sequential(*{word})"]


def _sequential(before: str, parts: list[Part], indent: str) -> list[str]:
    if len(parts) == 1 and isinstance(parts[0], SplatPart):
        line = f"{indent}{before}nn.Sequential({parts[0].text()})"
        if len(line) <= WIDTH:
            return [line]
    lines = [f"{indent}{before}nn.Sequential("]
    for part in parts:
        assert isinstance(part, ModulePart | SplatPart)
        lines += item_lines(part, indent + "    ")
    return [*lines, f"{indent})"]


def _added(parts: list[Part], word: str, indent: str, *, begins: bool = False) -> list[str]:
    """Lines that add parts to a list; the first ones begin it."""
    lines: list[str] = []
    run: list[ModulePart | SplatPart] = []
    started = not begins

    def flush() -> None:
        nonlocal started
        if run or not started:
            lines.extend(_list(run, word, indent, begins=not started))
        started = True
        run.clear()

    for part in parts:
        if isinstance(part, ModulePart | SplatPart):
            run.append(part)
            continue
        flush()
        match part:
            case IfPart():
                lines.append(f"{indent}if {part.condition.text()}:")
                lines += _added(part.parts, word, indent + "    ")
            case ForPart():
                if part.update is not None and part.begins is not None:
                    lines.append(f"{indent}{part.update[0]} = {part.begins.text()}")
                lines.append(f"{indent}{_head(part)}:")
                lines += _added(part.parts, word, indent + "    ")
                if part.update is not None:
                    lines.append(f"{indent}    {part.update[0]} = {part.update[1].text()}")
    if run:
        flush()
    return lines


def _head(part: ForPart) -> str:
    return loop_text(part.parts, part.count, part.start)


def _list(run: list[ModulePart | SplatPart], word: str, indent: str, *, begins: bool) -> list[str]:
    if not run:
        return [f"{indent}{word}: list[nn.Module] = []"]
    if not begins and len(run) == 1 and isinstance(run[0], ModulePart):
        line = f"{indent}{word}.append({run[0].text()})"
        if len(line) <= WIDTH:
            return [line]
    before = f"{word}: list[nn.Module] = [" if begins else f"{word} += ["
    line = f"{indent}{before}{', '.join(part.text() for part in run)}]"
    if len(line) <= WIDTH:
        return [line]
    lines = [f"{indent}{before}"]
    for part in run:
        lines += item_lines(part, indent + "    ")
    return [*lines, f"{indent}]"]


def functions(writers: list[ClassWriter]) -> set[str]:
    """The functions that the constructors call."""
    exprs: list[Expr] = []
    for writer in writers:
        exprs += [expr for piece in writer.made for part in piece.parts for expr in part.exprs]
        exprs += [condition for _, condition in writer.flags]
        names = writer.used_names()
        exprs += [expr for word, expr in writer.names.locals.items() if word in names]
    return {word for expr in exprs for word in expr.functions}


def file_text(classes: list[list[str]], own: list[str], used: set[str], heading: list[str]) -> str:
    """The whole file."""
    definitions, imports = sources(own)
    bodies = ["\n".join(lines) for lines in classes]
    if "round_to" in used:
        definitions = [ROUND_TO.rstrip("\n"), *definitions]
    whole = "\n".join([*definitions, *bodies])
    header = _imports(whole, imports)
    gap = ["", ""] if whole.startswith(("class ", "def ")) else [""]
    return "\n".join([*heading, "", *header, *gap, "\n\n\n".join([*definitions, *bodies])]) + "\n"


def _imports(whole: str, more: set[str]) -> list[str]:
    """The lines of the imports, sorted as ruff does: first the standard library, then PyTorch."""
    import re

    lines = set(more)
    names = {"nn"} | ({"Tensor"} if re.search(r"\bTensor\b", whole) else set())
    if re.search(r"\bmath\.", whole):
        lines.add("import math")
    if re.search(r"\btorch\.", whole):
        lines.add("import torch")
    if re.search(r"\bF\.", whole):
        lines.add("from torch.nn import functional as F")
    if re.search(r"\bparametrizations\.", whole):
        lines.add("from torch.nn.utils import parametrizations")
    members: dict[str, set[str]] = {"torch": names}
    plain = []
    for line in lines:
        if line.startswith("import "):
            plain.append(line.removeprefix("import "))
            continue
        room, _, word = line.removeprefix("from ").partition(" import ")
        members.setdefault(room, set()).add(word)
    groups = []
    for ours in (False, True):
        direct = sorted(word for word in plain if word.startswith("torch") == ours)
        rooms = sorted(room for room in members if room.startswith("torch") == ours)
        group = [f"import {word}" for word in direct]
        group += [f"from {room} import {', '.join(sorted(members[room], key=_order))}" for room in rooms]
        if group:
            groups.append("\n".join(group))
    return ["\n\n".join(groups)]


def _order(word: str) -> tuple[int, str]:
    """Constants, then classes, then the rest, as ruff sorts the members of an import."""
    return (0 if word.isupper() and len(word) > 1 else 1 if word[:1].isupper() else 2, word)
