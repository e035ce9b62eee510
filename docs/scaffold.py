"""Writes the skeleton of a new layer type, rule or format, and of its test: `make new-layer`, `make new-rule` ...

What is left to fill in is marked `FILL`, and a test names it as long as it stands there.
"""

import re
import sys
from argparse import ArgumentParser
from importlib import import_module
from inspect import cleandoc, get_annotations, getsource
from pathlib import Path
from typing import Any

from cnncalc import plugins
from cnncalc.render import formats
from cnncalc.render.formats import KINDS, Format
from cnncalc.rules import rules
from cnncalc.vocabulary.layer import Layer

ROOT = Path(__file__).resolve().parents[1]
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# A fact of a format in its source: the comment on it, its name, its type, and its value.
FACT = re.compile(r"((?:    # .*\n)+)    (\w+): (ClassVar\[.+\]) = (.+)\n")
RULE_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
CODE = re.compile(r"[DG]\d{3}")

# What a layer may be derived from: the module and the name of the class.
BASES = {
    "layer": ("cnncalc.vocabulary.layer", "Layer"),
    "activation": ("cnncalc.vocabulary.activation", "Activation"),
    "in-place-activation": ("cnncalc.vocabulary.activation", "InPlaceActivation"),
    "convolution": ("cnncalc.vocabulary.convolution", "Convolution"),
    "merge": ("cnncalc.vocabulary.merge", "Merge"),
    "pool": ("cnncalc.vocabulary.pool", "Pool"),
}
# The lines for the class attributes of a layer type.
STATEMENTS = {
    "family": '    family: ClassVar[str] = "FILL"\n',
    "source": '    source: ClassVar[str] = "FILL: torch.nn.NAME; authors and year, arXiv number"\n',
    "module": '    module: ClassVar[str] = "nn.FILL"\n',
    "examples": "    # FILL: two examples or more; every field is in one of them.\n"
    "    examples: ClassVar[tuple[Example, ...]] = (Example({}, (Shape(8, (4, 4)),)),)\n",
}

LAYER = '''\
"""FILL: the name of the layer, written out."""

from typing import ClassVar

from cnncalc.shape import Shape
{imports}

@layer
class {title}({base}):
    """FILL: what it computes, in one line."""

{attributes}
    # FILL: a field for each parameter of the layer: number, integer or flag of cnncalc.vocabulary.field, or choice of
    # cnncalc.vocabulary.word_fields.
{methods}'''

LAYER_TEST = '''\
"""{name}: figures worked out by hand. (Other tests compare every layer with PyTorch.)"""

from cnncalc.layers import layer_type
from cnncalc.shape import Shape

INPUTS = (Shape(8, (4, 4)),)


def test_the_output_has_the_shape_that_the_paper_gives() -> None:
    assert str(layer_type("{name}")().output(INPUTS)) == "FILL"


def test_counts_the_operations_of_one_image() -> None:
    work = layer_type("{name}")().work(INPUTS)
    assert {{kind: count for kind, count in work._asdict().items() if count}} == {{"FILL": 0}}
'''

RULE = '''\
"""FILL: what the rule looks for, in a few words."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.rules.{places} import cases, notes
from cnncalc.rules.{rule} import Finding, Rule


class {title}(Rule):
    """FILL: what the rule looks for, in one line."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "{code}",
        "{name}",
        Severity.INFO,
        "FILL: what is found, in one sentence.",
        "FILL: why that is bad.",
        invalid="cnncalc: 1\\ninput: 32x32x3\\nlayers:\\n  - FILL: a layer that the rule reports\\n",
        valid="cnncalc: 1\\ninput: 32x32x3\\nlayers:\\n  - FILL: the same network, corrected\\n",
        source="FILL: the paper or page that says so",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        # FILL: what is true of the layers that are reported.
        reported = [node for node in analysis.graph.layers if node.fit is not None and node.kind == "FILL"]
        for case in cases(analysis, self.fault.code, reported):
            message = f"`{{case.node.name}}` FILL: the fact, with its numbers"
            help = "FILL: what to write instead"
            yield Finding(
                case.node, self.fault.at(case.span, message, notes=notes(analysis.graph, case), help=help)
            )
'''

RULE_TEST = '''\
"""{code}: FILL, what the rule looks for."""

from tests.rules._design import HEAD, alone

BAD = HEAD + "layers:\\n  - FILL\\n"
GOOD = HEAD + "layers:\\n  - FILL\\n"


def test_says_what_is_wrong_with_its_numbers() -> None:
    (item,) = alone("{code}", BAD)
    assert item.message == "FILL"
    assert item.help == "FILL"


def test_reports_nothing_for_a_corrected_network() -> None:
    assert alone("{code}", GOOD) == []
'''

FORMAT = '''\
"""FILL: what the format is for, in one line."""

from collections.abc import Iterator

from cnncalc.render.formats import Format


class {title}(Format):
    """FILL: what it renders, in one line."""
{facts}
    # FILL: a method for each kind of report that the format renders; the others go.
{methods}'''

FORMAT_TEST = '''\
"""{name}: what it prints. (Other tests run every format on every kind of report that it renders.)"""

from tests.render._formats import render
from tests.render.findings._cases import EVERY, SOURCES


# FILL: if the format renders no findings, write a test of another kind of report instead.
def test_a_finding_has_its_place_and_its_code() -> None:
    assert "".join(render(EVERY[2:3], SOURCES, "{name}")) == "FILL"
'''


class Refused(Exception):
    """Why no skeleton is written."""


def layer(name: str, base: str) -> dict[str, str]:
    """The skeleton of a layer type, and of its test: path -> text."""
    if not NAME.fullmatch(name):
        raise Refused(
            f"{name!r} is not a name for a layer: write lower case words joined by _, such as leaky_relu"
        )
    if base not in BASES:
        raise Refused(f"there is no base {base!r}; known: {', '.join(BASES)}")
    module, kind = BASES[base]
    derived = getattr(import_module(module), kind)
    text = LAYER.format(
        base=kind,
        title="".join(word.capitalize() for word in name.split("_")),
        imports=_imports(module, kind),
        attributes=_attributes(derived),
        methods="".join(_method(derived, fact) for fact in missing_facts(derived)),
    )
    return {f"cnncalc/layers/{name}.py": text, f"tests/layers/test_{name}.py": LAYER_TEST.format(name=name)}


def missing_facts(kind: type[Any]) -> list[str]:
    """What a class has not answered yet: its abstract methods, in the order in which a layer states them."""
    order = [name for part in Layer.__mro__ for name in vars(part)]
    missing: list[str] = sorted(kind.__abstractmethods__, key=lambda name: (name not in order, name))
    return sorted(missing, key=lambda name: order.index(name) if name in order else len(order))


def missing_statements(kind: type[Any]) -> list[str]:
    """The class attributes that every layer type must state, and that this class does not state."""
    named = dict.fromkeys(name for part in reversed(kind.__mro__) for name in get_annotations(part))
    return [
        name
        for name in named
        if name != "key" and name not in getattr(kind, "declared", {}) and not hasattr(kind, name)
    ]


def _imports(module: str, base: str) -> str:
    """The lines that import the base, and what the skeleton's own lines use."""
    own = "cnncalc.vocabulary.layer"
    if module == own:
        return f"from {own} import Example, {base}, layer\n"
    return "".join(sorted((f"from {module} import {base}\n", f"from {own} import Example, layer\n")))


def _attributes(kind: type[Any]) -> str:
    """The statements of a layer about its type; what the base states already is left out."""
    missing = missing_statements(kind)
    written = "".join(text for name, text in STATEMENTS.items() if name in missing)
    others = (name for name in missing if name not in STATEMENTS)
    return written + "".join(f"    # FILL {name}: see {_owner(kind, name)}\n" for name in others)


def _owner(kind: type[Any], name: str) -> str:
    """The class that asks for a statement, and says what it means."""
    owner = next(part for part in kind.__mro__ if name in get_annotations(part))
    return f"{owner.__name__} in {owner.__module__}"


def _method(kind: type[Any], name: str) -> str:
    """A fact that is not answered yet, as a comment: its signature, and what its answer means."""
    method = getattr(kind, name)
    function: Any = method.fget if isinstance(method, property) else method
    source = re.sub(r"^\s*@abstractmethod\n", "", getsource(function), flags=re.MULTILINE)
    head = source.split('"""')[0].rstrip()
    doc = cleandoc(function.__doc__ or "").splitlines()[0]
    lines = [f"# FILL {name}. {doc}", *(line.removeprefix("    ") for line in head.splitlines())]
    return "\n" + "".join(f"    {line if line.startswith('#') else f'# {line}'}\n" for line in lines)


def rule(name: str, code: str | None) -> dict[str, str]:
    """The skeleton of a rule, and of its test: path -> text. Without a code it has the next design rule's."""
    if not RULE_NAME.fullmatch(name):
        raise Refused(
            f"{name!r} is not a name for a rule: write lower case words joined by -, such as large-kernel"
        )
    taken = {rule.fault.code for rule in rules()}
    code = code or _next(taken)
    if not CODE.fullmatch(code):
        raise Refused(
            f"{code!r} is not a code for a rule: D and three digits (design), or G and three digits (graph)"
        )
    if code in taken:
        raise Refused(f"{code} is another rule's; {_next(taken, code[:2])} is free")
    stem = name.replace("-", "_")
    folder = "cnncalc/rules/design" if code[0] == "D" else "cnncalc/rules"
    title = "".join(word.capitalize() for word in stem.split("_"))
    text = RULE.format(code=code, name=name, title=title, places=_module("places"), rule=_module("rule"))
    return {f"{folder}/{stem}.py": text, f"tests/rules/test_{stem}.py": RULE_TEST.format(code=code)}


def format(name: str) -> dict[str, str]:
    """The skeleton of a format, and of its test: path -> text."""
    if not NAME.fullmatch(name):
        raise Refused(
            f"{name!r} is not a name for a format: write lower case words joined by _, such as html"
        )
    if name in plugins.names(formats.__name__):
        raise Refused(f"there is a format {name} already")
    text = FORMAT.format(
        title="".join(word.capitalize() for word in name.split("_")),
        facts="".join(_fact(*fact) for fact in FACT.findall(getsource(Format))),
        methods="".join(_method(Format, kind) for kind in KINDS),
    )
    return {
        f"cnncalc/render/formats/{name}.py": text,
        f"tests/render/formats/test_{name}.py": FORMAT_TEST.format(name=name),
    }


def _fact(meaning: str, name: str, kind: str, value: str) -> str:
    """A fact of a format as a comment: what it means, and what is true unless the format says something else."""
    words = " ".join(line.strip(" #") for line in meaning.splitlines())
    return f"\n    # FILL {name}, {value} unless it is stated. {words}\n    # {name}: {kind} = {value}\n"


def _module(name: str) -> str:
    """A module of the rules by its name, which may have an underscore in front of it."""
    private = ROOT / "cnncalc" / "rules" / f"_{name}.py"
    return f"_{name}" if private.exists() else name


def _next(taken: set[str], family: str = "D1") -> str:
    """The first free code of a family above those that are taken."""
    numbers = [int(code[1:]) for code in taken if code.startswith(family)]
    return f"{family[0]}{max(numbers) + 1:03}" if numbers else f"{family}01"


def write(files: dict[str, str], root: Path) -> None:
    """Write files that are not there yet; where one is, none is written."""
    for path in files:
        if (root / path).exists():
            raise Refused(f"{path} is there already")
    for path, text in files.items():
        (root / path).write_text(text, encoding="utf-8")
        print(f"wrote {path}")


def main(arguments: list[str], root: Path = ROOT) -> int:
    parser = ArgumentParser(prog="python -m docs.scaffold", description=__doc__)
    parts = parser.add_subparsers(dest="what", required=True)
    of_layer = parts.add_parser("layer", help="a layer type")
    of_layer.add_argument("name")
    of_layer.add_argument("--base", default="layer", help=f"what it is derived from: {', '.join(BASES)}")
    of_rule = parts.add_parser("rule", help="a lint rule")
    of_rule.add_argument("name")
    of_rule.add_argument("--code", help="such as D110; if left out, the next one of the design rules")
    of_format = parts.add_parser("format", help="a format of output")
    of_format.add_argument("name")
    given = parser.parse_args(arguments)
    try:
        if given.what == "layer":
            if given.name in plugins.names("cnncalc.layers"):
                raise Refused(f"there is a layer {given.name} already")
            write(layer(given.name, given.base), root)
        elif given.what == "format":
            write(format(given.name), root)
        else:
            write(rule(given.name, given.code or None), root)
    except Refused as refusal:
        print(f"error: {refusal}", file=sys.stderr)
        return 2
    print("Fill in what is marked FILL. CONTRIBUTING.md says how, and which tests to run.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
