"""The schema accepts every valid spec, and refuses what it can know to be wrong."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import cnncalc
from cnncalc import describe, layers, zoo
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.layers import main_field, stated
from cnncalc.pattern import means_pattern
from cnncalc.schema import ADDRESS, schema
from cnncalc.spec.controls import CONTROLS
from cnncalc.spec.document import KEYS
from cnncalc.vocabulary.values import Mapped
from tests._each import each
from tests.commands._program import run
from tests.schema._checked import problems

ROOT = Path(__file__).resolve().parents[2]
HEAD = "cnncalc: 1\ninput: 32x32x3\nlayers:\n"
FAULTS = list(describe.faults().values())
LANGUAGE = [fault for fault in FAULTS if fault.code[0] == "L"]
# Faults of the language whose examples a schema takes, and why.
UNKNOWABLE = {
    "L008": "an expression is a text to it",
    "L028": "what an output is computed of is known in the graph only",
    "L030": "`layers: 1` is the default of a layer that may have dropout",
    "L009": "what a `$name` stands for is declared elsewhere",
    "L010": "it does not compute",
    "L011": "names are given elsewhere",
    "L026": "what is left out is seen when all is expanded",
    "L012": "names are given elsewhere",
    "L013": "which block calls which is written in several places",
    "L015": "what is used is written elsewhere",
    "L016": "what is used is written elsewhere",
    "L018": "it does not count repetitions",
    "L020": "what stands before a layer depends on names and branches",
    "L024": "it does not count what blocks are made of",
    "L101": "it does not know what is found in a network",
    "L102": "codes grow from version to version",
    "L103": "comments are nothing to it",
    "L104": "comments are nothing to it",
}


def by_code(fault: DiagnosticKind) -> str:
    return fault.code


def test_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_every_reference_leads_somewhere_and_everything_is_referred_to() -> None:
    document = schema()
    used = set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(document)))
    assert used <= document["$defs"].keys()
    # Of layers whose arguments are in the items themselves, and of what no `defaults` can have.
    assert {name for name in document["$defs"].keys() - used if not name.startswith("layer-")} == set()


@each("name", zoo.names())
def test_every_shipped_spec_is_valid(name: str) -> None:
    path = zoo.path(name)
    assert path is not None
    assert problems(Path(path).read_text(encoding="utf-8")) == []


@each("fault", [fault for fault in FAULTS if fault.valid and not means_pattern(fault.valid)], ids=by_code)
def test_every_valid_example_is_valid(fault: DiagnosticKind) -> None:
    assert problems(fault.valid) == []


@each("fault", [fault for fault in LANGUAGE if fault.invalid], ids=by_code)
def test_a_fault_of_the_language_is_refused_unless_it_can_not_be_known(fault: DiagnosticKind) -> None:
    assert bool(problems(fault.invalid)) != (fault.code in UNKNOWABLE)


def test_nothing_unknowable_is_left_over() -> None:
    assert UNKNOWABLE.keys() <= {fault.code for fault in LANGUAGE}


# Specs of the tests and the docs: what cnncalc reads without a word about the language, the schema takes.
TEXTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for folder in ("tests", "docs")
    for path in sorted((ROOT / folder).rglob("*.yaml"))
    if path.read_text(encoding="utf-8").lstrip("\ufeff").startswith("cnncalc:")
} | {
    f"{page.name}:{index}": text
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    for index, text in enumerate(
        re.findall(r"^```yaml\n(cnncalc: .*?)^```$", page.read_text("utf-8"), re.M | re.S)
    )
}


@each("name", TEXTS)
def test_the_schema_accepts_what_the_language_accepts(name: str) -> None:
    text = TEXTS[name]
    graph = cnncalc.load(text + "\n")
    errors = [
        item.code for item in graph.diagnostics if item.severity is Severity.ERROR and item.code[0] in "YL"
    ]
    # A text without a folder can't extend another, and that is all that is wrong with it.
    if not errors or (errors == ["L019"] and ".." not in text):
        assert problems(text) == []


@each("name", layers.names())
def test_every_example_of_a_layer_is_valid(name: str) -> None:
    layer = layers.layer_type(name)
    for example in layer.examples:
        inside = {
            key: value.asdict() if isinstance(value, Mapped) else value
            for key, value in example.fields.items()
            if key in stated(layer)
        }
        operands = ["prev" if item is None else item for item in example.fields.get("numbers", (None, None))]
        written: Any = inside if layer.arity is not None else {"of": operands, **inside}
        text = json.dumps({"cnncalc": 1, "input": "8x8x8", "layers": [{name: written}]})
        assert problems(text) == []


def test_every_key_of_the_language_is_known() -> None:
    document = schema()
    assert document["properties"].keys() == set(KEYS)
    controls, kinds = keys_of_an_item(document)
    assert controls.keys() == CONTROLS
    assert kinds.keys() == {*layers.names(), "sequence", "residual", "unknown"}


def keys_of_an_item(document: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What stands beside an item's kind, and the kinds that are offered where there is none yet."""
    mapping = document["$defs"]["item"]["anyOf"][1]
    return mapping["properties"], mapping["allOf"][0]["then"]["properties"]


def test_everything_is_explained() -> None:
    document = schema()
    controls, kinds = keys_of_an_item(document)
    assert all(definition["description"] for definition in document["properties"].values())
    assert all(controls[name]["description"] for name in CONTROLS)
    assert all(kinds[name]["description"] for name in ("sequence", "residual"))
    for name in layers.names():
        layer = layers.layer_type(name)
        definition = document["$defs"][f"layer-{name}"]
        assert describe.summary(layer) in definition["description"]
        inside = (
            definition
            if layer.arity is None
            else next(entry for entry in definition["anyOf"] if "patternProperties" in entry)
        )
        for field, (statement, default) in stated(layer).items():
            assert statement.doc in inside["patternProperties"][f"^{field}$"]["description"]
            if isinstance(default, bool | int | float | str):
                assert inside["patternProperties"][f"^{field}$"]["default"] == default


class TestCompletion:
    """What yaml-language-server goes by (src/languageservice/services/yamlCompletion.ts, 2.0.0)."""

    def resolved(self, document: Any, definition: Any) -> Any:
        """A schema with what it refers to merged in, as the server reads it."""
        while "$ref" in definition:
            target = document["$defs"][definition["$ref"].removeprefix("#/$defs/")]
            definition = {**target, **{key: value for key, value in definition.items() if key != "$ref"}}
        return definition

    @pytest.mark.parametrize("suffix", ["", "-with-blocks", "-with-defaults", "-with-blocks-with-defaults"])
    def test_every_key_is_followed_by_its_colon(self, suffix: str) -> None:
        """`getInsertTextForProperty` leaves the colon out where it finds no type, items, properties, anyOf or words."""
        document = schema()
        mapping = document["$defs"][f"item{suffix}"]["anyOf"][1]
        keys = {
            **mapping["properties"],
            **mapping["allOf"][0]["then"]["properties"],
            **document["properties"],
        }
        for name, definition in keys.items():
            resolved = self.resolved(document, definition)
            assert resolved.keys() & {"type", "properties", "items", "anyOf", "enum", "const", "default"}, (
                name
            )

    @pytest.mark.parametrize("suffix", ["", "-with-blocks", "-with-defaults", "-with-blocks-with-defaults"])
    def test_no_word_is_offered_twice(self, suffix: str) -> None:
        """Two of one label are merged into `bn: ${1:bn}`: the bare word is a pattern, which offers nothing."""
        word, mapping = schema()["$defs"][f"item{suffix}"]["anyOf"]
        assert word.keys() & {"enum", "const", "anyOf", "properties"} == set()
        assert mapping["properties"].keys() & mapping["allOf"][0]["then"]["properties"].keys() == set()

    def test_control_keys_are_offered_alone_where_there_is_a_kind(self) -> None:
        document = schema()
        mapping = document["$defs"]["item"]["anyOf"][1]
        condition = Draft202012Validator(
            {**document["$defs"], **mapping["allOf"][0]["if"], "$defs": document["$defs"]}
        )
        for item, kinds in (({}, True), ({"co": None}, True), ({"name": "a"}, True), ({"conv": 8}, False),
                            ({"conv": 8, "na": None}, False), ({"residual": []}, False)):  # fmt: skip
            assert condition.is_valid(item) is kinds
        assert "properties" not in mapping["allOf"][0]["else"]

    @each("name", layers.names())
    def test_keys_inside_braces_are_names_of_properties(self, name: str) -> None:
        """On a line with a colon the server offers `propertyNames`, and only where no `properties` match."""
        document = schema()
        layer = layers.layer_type(name)
        definition = f"layer-{name}" if layer.arity is not None else f"merge-{name}"
        (inside,) = [
            entry for entry in document["$defs"][definition]["anyOf"] if entry.get("type") == "object"
        ]
        assert set(stated(layer)) <= set(inside["propertyNames"]["enum"])
        assert inside.keys() & {"properties", "additionalProperties"} == set()
        assert [f"^{key}$" for key in inside["propertyNames"]["enum"]] == list(inside["patternProperties"])

    def test_words_are_offered_until_there_is_one(self) -> None:
        document = schema()
        (inside,) = [
            entry for entry in document["$defs"]["layer-conv"]["anyOf"] if entry.get("type") == "object"
        ]
        conditions = {next(iter(entry["then"]["properties"])): entry["if"] for entry in inside["allOf"]}
        assert conditions.keys() >= {"act", "norm", "padding", "bias"}
        act = Draft202012Validator({**conditions["act"], "$defs": document["$defs"]})
        for value, offered in ((None, True), ("re", True), ("relu", False)):
            assert act.is_valid({"filters": 8, "act": value}) is offered
        assert not act.is_valid({"filters": 8})


@each("name", [name for name in layers.names() if main_field(layers.layer_type(name))])
def test_an_expression_may_stand_where_a_value_may(name: str) -> None:
    layer = layers.layer_type(name)
    everything = ", ".join(f'{field}: "$x * 2"' for field in stated(layer))
    assert (
        problems(
            f"{HEAD}  - {name}: $x\n  - {name}: {{{everything}}}\n    repeat: $n + 1\n    when: $x > 1\n"
        )
        == []
    )
    assert problems(f"{HEAD}  - {name}: x\n") != [] or any(
        "x" in declared.kind.choices or declared.kind.name == "name" for declared, _ in stated(layer).values()
    )


class TestRefused:
    """What a schema can know."""

    @each(
        "item",
        [
            "conv: {filters: 8, kernal: 3}",
            "conv: {filters: 8, kernel: 0}",
            "conv: {filters: 8, kernel: 3x3}",
            "conv: {filters: 8, kernel: [3, 3, 3, 3]}",
            "conv: {filters: '8'}",
            "conv: {filters: 8.5}",
            "conv: {filters: 8, bias: 1}",
            "conv: {filters: 8, padding: halve}",
            "conv: {filters: 8, padding: {top: 1, botom: 1}}",
            "conv: {filters: 8, act: rely}",
            "conv: {filters: 8, norm: gn}",
            "conv: {kernel: 3}",
            "conv:",
            "conv",
            "conw: 8",
            "conw",
            "relu: 3",
            "dropout: 1.5",
            "fc: 0",
            "pixel_shuffle",
            "add: [prev]",
            "add",
            "concat: {of: [prev, a], kernel: 3}",
            "sequence: []",
            "residual:",
            "{relu: , conv: 8}",
            "{name: a}",
            "{relu: , nane: a}",
            "{relu: , name: a b}",
            "{relu: , name: prev}",
            "{relu: , repeat: -1}",
            "{relu: , repeat: twice}",
            "{relu: , only: train}",
            "{relu: , when: maybe}",
            "{relu: , expect: 8*8}",
            "{relu: , expect: 0x8x8}",
            "{relu: , expect: {channels: 8, width: 8}}",
            "{relu: , allow: [S001]}",
            "{relu: , allow: {S001: }}",
            "{relu: , shortcut: project}",
            "{conv: 8, first: {stride: 2}}",
            "{conv: 8, repeat: 2, first: {strides: 2}}",
            "{add: [prev, a], share: b}",
            "{residual: [relu], shortcut: projekt}",
            "3",
            "[relu]",
        ],
    )
    def test_an_item(self, item: str) -> None:
        assert problems(f"{HEAD}  - {item}\n") != []

    @pytest.mark.parametrize(
        "text",
        [
            "input: 3x3x3\nlayers: [relu]\n",
            "cnncalc: 2\ninput: 3x3x3\nlayers: [relu]\n",
            "cnncalc: 1\nlayers: [relu]\n",
            "cnncalc: 1\ninput: 3x3x3\n",
            "cnncalc: 1\ninput: 3x3x3\nlayers: []\n",
            "cnncalc: 1\ninput: 3x3x3\ninputs: {a: 3x3x3}\nlayers: [relu]\n",
            "cnncalc: 1\ninput: 3x3x3\nlayer: [relu]\nlayers: [relu]\n",
            "cnncalc: 1\ninput: 3x3x3\nstrict: yes\nlayers: [relu]\n",
            "cnncalc: 1\ninput: 3x3x3\nparams: {in: 3}\nlayers: [relu]\n",
            "cnncalc: 1\ninput: 3x3x3\ndefaults: {conw: {kernel: 3}}\nlayers: [relu]\n",
            "cnncalc: 1\ninput: 3x3x3\ndefaults: {conv: {kernal: 3}}\nlayers: [relu]\n",
            "cnncalc: 1\ninput: 3x3x3\nblocks: {conv: {layers: [relu]}}\nlayers: [relu]\n",
            "cnncalc: 1\ninput: 3x3x3\nblocks: {a: {layer: [relu]}}\nlayers: [a]\n",
            "cnncalc: 1\ninput: 3x3x3\nblocks: {a: {layers: [conv: {kernal: 3}]}}\nlayers: [a]\n",
            "cnncalc: 1\ninput: 3x3x3\nblocks: {a: {layers: [relu]}}\nlayers: [conv]\n",
            "cnncalc: 1\ninput: 3x3x3\nbudget: {params: <= 25Q}\nlayers: [relu]\n",
            "cnncalc: 1\ninput: 3x3x3\nbudget: {memory: {training: 8GiB}}\nlayers: [relu]\n",
            "cnncalc: 1\nextends: ../other.yaml\n",
            "cnncalc: 1\nextends: other.yaml\nlayers: [relu]\n",
        ],
    )
    def test_a_spec(self, text: str) -> None:
        assert problems(text) != []


def test_blocks_and_defaults_leave_less_to_know() -> None:
    """A word may be a block's, and what a layer needs may be a default."""
    assert problems(f"{HEAD}  - stage: 64\n  - stage\n") != []
    blocks = "blocks: {stage: {params: {f: 1}, layers: [conv: $f]}}\n"
    assert (
        problems(
            f"{blocks}{HEAD}  - stage: 64\n  - stage\n  - {{stage: {{f: 1}}, repeat: 2, first: {{f: 2}}}}\n"
        )
        == []
    )
    assert problems(f"{HEAD}  - conv: {{kernel: 3}}\n") != []
    assert problems(f"defaults: {{conv: {{filters: 8}}}}\n{HEAD}  - conv: {{kernel: 3}}\n  - conv\n") == []
    assert problems(f"{blocks}{HEAD}  - conv: {{kernel: 3}}\n") != []


def test_the_command_prints_what_is_committed() -> None:
    ended = run("schema")
    assert ended.status == 0
    committed = ROOT / "docs" / "schema" / "cnncalc.schema.json"
    assert ended.out == committed.read_text(encoding="utf-8"), "not current: run `make docs`"
    assert ADDRESS.endswith("/docs/schema/cnncalc.schema.json")
