"""What is said of the classes themselves, generated from them: layer pages, diagnostic pages."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from inspect import cleandoc
from typing import Any

from cnncalc import layers
from cnncalc.diagnostic import Diagnostic, DiagnosticKind
from cnncalc.exact import grouped
from cnncalc.graph import build
from cnncalc.layers import REQUIRED, Layer, main_field, shown, stated
from cnncalc.lint.codes import faults as faults
from cnncalc.lint.engine import check
from cnncalc.lint.settings import Settings
from cnncalc.pattern import is_pattern
from cnncalc.pytorch.fitness import faults as unfit
from cnncalc.render.findings import Findings
from cnncalc.render.findings.text import render
from cnncalc.rules import Selection
from cnncalc.spec import read_spec
from cnncalc.text import from_bytes
from cnncalc.vocabulary.layer import call_text
from cnncalc.vocabulary.values import Mapped

FAMILIES = {
    "Y": "the text as YAML",
    "L": "the language",
    "P": "patterns",
    "S": "shapes and strides",
    "D": "design",
    "C": "cost and budgets",
    "G": "the graph",
    "T": "PyTorch",
    "R": "rewrites",
    "I": "imports and exports",
}
PREVIEW = " In preview: looked for when asked for (`--preview`)."
FIXES = {
    "": "",
    "safe": " `--fix` fixes it.",
    "unsafe": " `--fix --unsafe-fixes` fixes it where it can.",
}
# The file that an example is said to stand in.
EXAMPLE = "net.yaml"
# Lines from which on an example is too long for a page.
LONG = 40


def find_fault(word: str) -> DiagnosticKind | None:
    """A kind of diagnostic by its code or its name."""
    known = faults()
    return known.get(word.upper()) or next(
        (item for item in known.values() if item.name == word.lower()), None
    )


def fault_page(fault: DiagnosticKind, level: int = 2) -> str:
    """The page of a diagnostic, in Markdown: what it finds and why, then an example; `level` is that of its heading."""
    title, part = "#" * level, "#" * (level + 1)
    parts = [
        f"{title} {fault.code} {fault.name}\n",
        f"Severity: {fault.severity.word}.{PREVIEW if fault.preview else ''}{FIXES[fixable(fault)]}\n",
        f"{part} What it does\nFinds: {prose(fault.what)}\n",
        f"{part} Why is this bad?\n{prose(fault.why)}\n",
    ]
    if fault.invalid and _can_be_shown(fault.invalid):
        language = "text" if is_pattern(fault.invalid) else "yaml"
        parts.append(f"{part} Example\n\n```{language}\n{fault.invalid.rstrip()}\n```\n")
        parts.append(f"```text\n{finding(fault).rstrip()}\n```\n")
        parts.append(f"{part} Use instead\n\n```{language}\n{fault.valid.rstrip()}\n```\n")
    if fault.source:
        parts.append(f"Source: {fault.source}.\n")
    return "\n".join(parts)


def prose(text: str) -> str:
    """Plain text as Markdown that reads the same: `F*F*C` outside of backticks is no emphasis."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"[*<|]", r"\\\g<0>", part) for part in parts[::2]]
    return "`".join(parts)


def _can_be_shown(text: str) -> bool:
    """Whether a page can hold the text: what is wrong with it can be seen, and it is not a screen long."""
    return "\r" not in text and "\ufeff" not in text and text.count("\n") < LONG


def anchor(fault: DiagnosticKind) -> str:
    """The anchor of a diagnostic in the index of all: the heading that it had, as GitHub makes it."""
    return f"{fault.code.lower()}-{fault.name}"


def finding(fault: DiagnosticKind) -> str:
    """What is printed of a fault's own example; empty where it has none."""
    if not fault.invalid:
        return ""
    spec = read_spec(*from_bytes(fault.invalid.encode(), EXAMPLE, EXAMPLE))
    return "".join(render(Findings(_shown(fault)[:1], spec.sources)))


@cache
def _shown(fault: DiagnosticKind) -> list[Diagnostic]:
    """What is found of a fault in its own example."""
    if not fault.invalid:
        return []
    spec = read_spec(*from_bytes(fault.invalid.encode(), EXAMPLE, EXAMPLE))
    reports = (*check(spec, Settings(Selection(preview=True))).findings, *unfit(build(spec)))
    return [report for report in reports if report.code == fault.code]


def fixable(fault: DiagnosticKind) -> str:
    """Whether its example can be fixed: by a `safe` fix, by an `unsafe` one, or not at all (empty)."""
    fixes = [fix for item in _shown(fault) for fix in item.fixes[:1]]
    return "" if not fixes else "safe" if all(fix.safe for fix in fixes) else "unsafe"


def families() -> dict[str, list[type[Layer]]]:
    """Every layer type, by family."""
    by_family: dict[str, list[type[Layer]]] = {}
    for name in layers.names():
        layer = layers.layer_type(name)
        by_family.setdefault(layer.family, []).append(layer)
    return dict(sorted(by_family.items()))


def summary(layer: type[Layer]) -> str:
    """The first paragraph of a layer's doc."""
    return _paragraphs(layer)[0]


def _paragraphs(layer: type[Layer]) -> list[str]:
    return [" ".join(part.split()) for part in cleandoc(layer.__doc__ or "").split("\n\n")]


def fields(layer: type[Layer]) -> Iterator[tuple[str, str, str, str]]:
    """Name, what it takes, default, and meaning of each field; the course's letter is in the meaning."""
    main = main_field(layer)
    for name in sorted(stated(layer), key=lambda name: name != main):
        field, default = stated(layer)[name]
        given = "required" if default is REQUIRED else "" if default is None else shown(default)
        letter = f"{field.letter}: " if field.letter else ""
        scalar = f" (`{layer.key}: ...` sets it)" if name == main else ""
        yield name, field.kind.words, given, f"{letter}{field.doc}{scalar}"
    if layer.takes_sugar:
        yield "norm", "the name of a normalisation layer, or none", "none", "the normalisation that follows"
        yield (
            "act",
            "the name of an activation layer, or none",
            "none",
            "the activation that follows, after the norm",
        )


def examples(layer: type[Layer]) -> Iterator[tuple[str, str]]:
    """Each example as an item of a spec, and what it does to a shape."""
    for example in layer.examples:
        bound = layer(**example.fields)
        entering = " and ".join(map(str, example.inputs))
        yield f"- {_item(layer, example.fields)}", f"{entering} -> {bound.output(example.inputs)}"


def _item(layer: type[Layer], fields: Mapping[str, Any]) -> str:
    """An item of a spec; the operands of a merge are left open, except numbers."""
    numbers = fields.get("numbers", ())
    inside = ", ".join(f"{name}: {_spelt(value)}" for name, value in fields.items() if name in stated(layer))
    if layer.arity is None:
        of = ", ".join("..." if number is None else shown(number) for number in numbers or (None,))
        return f"{layer.key}: {{of: [{of}], {inside}}}" if inside else f"{layer.key}: [{of}]"
    return f"{layer.key}: {{{inside}}}" if inside else layer.key


def _spelt(value: Any) -> str:
    """A field's value as a spec spells it."""
    if isinstance(value, Mapped):
        return shown(value.spelt())
    return shown(value)


def formulas(layer: type[Layer]) -> Iterator[tuple[str, str]]:
    """What the first example's figures are, with the numbers in."""
    example = layer.examples[0]
    bound = layer(**example.fields)
    for weight in bound.weights(example.inputs):
        yield (
            weight.name,
            f"{weight.formula} = {grouped(weight.size)}" if "*" in weight.formula else grouped(weight.size),
        )
    for buffer in bound.buffers(example.inputs):
        yield buffer.name, f"{grouped(buffer.size)} (saved, not learned)"
    done = bound.work(example.inputs)
    if done.macs:
        yield "MACs", f"{bound.macs_formula(example.inputs)} = {grouped(done.macs)}"
    for kind, count in done._asdict().items():
        if kind != "macs" and count:
            yield kind, grouped(count)
    from cnncalc.render.layer_lines.matrices import sides

    yield from sides(bound.matrices(example.inputs))
    yield from bound.arithmetic(example.inputs)
    for call in bound.torch(example.inputs):
        yield "PyTorch", call_text(call)


def layer_page(layer: type[Layer]) -> str:
    """The page of a layer type, in Markdown."""
    lines = [
        f"## {layer.key}\n",
        *(f"{prose(text)}\n" for text in _paragraphs(layer)),
        f"Source: {layer.source}.\n",
    ]
    table = list(fields(layer))
    if table:
        lines.append("| parameter | takes | default | meaning |\n|---|---|---|---|")
        lines += [
            f"| `{name}` | {prose(words)} | {default} | {prose(doc)} |" for name, words, default, doc in table
        ]
        lines.append("")
    lines.append("| example | shape |\n|---|---|")
    lines += [f"| `{item}` | {shape} |" for item, shape in examples(layer)]
    lines.append("\nOf the first example:\n")
    lines += [f"- {name}: `{text}`" for name, text in formulas(layer)]
    return "\n".join(lines) + "\n"
