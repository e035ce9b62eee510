"""The schema of a whole spec: top-level keys, shapes, budgets, blocks."""

from typing import Any

from cnncalc import layers
from cnncalc.schema.items import VARIANTS, Variant, everything
from cnncalc.schema.values import MOST_AXES, TEXT, Schema, computed, either, integer, mapping, reference
from cnncalc.shape import AXES
from cnncalc.spec.blocks import STRUCTURES
from cnncalc.spec.budget import FIGURES
from cnncalc.spec.budget import MODES as BUDGET_MODES
from cnncalc.spec.claims import FIGURES as CLAIMED
from cnncalc.spec.claims import OF_A_LAYER
from cnncalc.spec.controls import CONTROLS, FREE
from cnncalc.spec.document import VERSION
from cnncalc.spec.extends import OVERRIDES
from cnncalc.zoo import STD, blocks

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ADDRESS = "https://raw.githubusercontent.com/cnncalc/cnncalc/main/docs/schema/cnncalc.schema.json"
# An axis is at least 1.
SIZE = "0*[1-9][0-9]*"
NUMBER = r"[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?"
SIGN = r"^\s*(<=|>=|<|>|≤|≥)?\s*"
PARAMETER: Schema = {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "not": {"enum": ["in", "i"]}}

DOCS = {
    "cnncalc": "The format version: 1.",
    "name": "The name of the network.",
    "source": "Where the network was published.",
    "extends": "Another spec, which this one changes: a file in this folder or below, or the name of a shipped spec.",
    "input": "The shape of one image: HEIGHTxWIDTHxCHANNELS.",
    "inputs": "Several inputs by name.",
    "outputs": "The names of the output layers (default: the last layer).",
    "params": "The network's parameters: $name in expressions, --set name=value on the command line.",
    "defaults": "Arguments for every layer of a type.",
    "blocks": "Lists of layers with a name and parameters.",
    "layers": "The list of layers.",
    "strict": "Any remainder of (W - F + 2P)/S is an error.",
    "budget": "Limits for figures of the network.",
    "claims": "Figures of this network that are printed elsewhere and differ, and why.",
}


def schema() -> Schema:
    """JSON Schema, draft 2020-12."""
    return {
        "$schema": DIALECT,
        "$id": ADDRESS,
        "title": "cnncalc",
        "description": "A convolutional network, as https://github.com/cnncalc/cnncalc reads it.",
        "type": "object",
        "required": ["cnncalc"],
        "properties": {name: {"description": DOCS[name], **schema} for name, schema in _top().items()},
        "additionalProperties": False,
        "allOf": [*_keys(), *map(_lists, VARIANTS)],
        "$defs": {"shape": _shape(), "parameters": _parameters(), "budget": _budget(), **everything()},
    }


def _top() -> dict[str, Schema]:
    return {
        "cnncalc": {"const": VERSION},
        "name": either(TEXT, {"type": "null"}),
        "source": either(TEXT, {"type": "null"}),
        # Not an absolute path, and not a parent folder.
        "extends": {"type": "string", "minLength": 1, "pattern": r"^(?!/)(?!(.*/)?\.\.(/|$))"},
        "input": either(reference("shape"), _with_history()),
        "inputs": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": reference("name"),
            "additionalProperties": either(reference("shape"), _with_history()),
        },
        "outputs": either({"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}),
        "params": reference("parameters"),
        "defaults": mapping({name: reference(f"layer-{name}") for name in layers.names()}),
        "blocks": {
            "type": "object",
            "propertyNames": {
                "allOf": [
                    reference("name"),
                    {"not": {"enum": sorted({*layers.names(), *STRUCTURES, *CONTROLS - FREE})}},
                ]
            },
        },
        "layers": {"type": "array", "minItems": 1},
        "strict": {"type": "boolean"},
        "budget": reference("budget"),
        "claims": {"type": "array", "items": _claim()},
    }


def _with_history() -> Schema:
    """An input that is features of another network."""
    size = computed(integer(1))
    sizes = either(size, {"type": "array", "items": size, "minItems": 1, "maxItems": MOST_AXES})
    return mapping({"shape": reference("shape"), "stride": sizes, "field": sizes}, ("shape",))


def _keys() -> list[Schema]:
    """Which keys are required, and which exclude each other."""
    by_itself = {
        "required": ["layers"],
        "anyOf": [{"required": ["input"]}, {"required": ["inputs"]}],
        "not": {"required": ["input", "inputs"]},
    }
    over_another = {"propertyNames": {"enum": list(OVERRIDES)}}
    return [{"if": {"required": ["extends"]}, "then": over_another, "else": by_itself}]


def _lists(variant: Variant) -> Schema:
    """The lists of layers of a spec with or without blocks and defaults."""
    known = {"blocks": variant.blocks, "defaults": variant.defaults}
    asked: list[Schema] = [
        {"required": [name]} if there else {"not": {"required": [name]}} for name, there in known.items()
    ]
    listed = reference(f"layers{variant.suffix}")
    then: dict[str, Any] = {"layers": listed}
    if variant.blocks:
        body = either(listed, {"type": "null"})
        then["blocks"] = {
            "additionalProperties": either(
                {"enum": [f"{STD}{name}" for name in blocks()]},
                mapping(
                    {
                        "params": {
                            "description": "The parameters of the block: name to default, or required.",
                            **reference("parameters"),
                        },
                        "layers": {"description": "The layers of the block.", **body},
                    },
                    ("layers",),
                ),
            )
        }
    return {"if": {"allOf": asked}, "then": {"properties": then}}


def _parameters() -> Schema:
    return {"type": "object", "propertyNames": PARAMETER}


def _shape() -> Schema:
    size = computed(integer(1))
    forms = [mapping({"features": size}, ("features",))]
    for axes in AXES.values():
        if axes:
            names = ("channels", *axes)
            forms.append(mapping(dict.fromkeys(names, size), names))
    return {
        "description": "HEIGHTxWIDTHxCHANNELS as in 224x224x3, a count of features, or a mapping.",
        **computed({"type": "string", "pattern": f"^{SIZE}([x×]{SIZE}){{1,3}}$"}, integer(1), *forms),
    }


def _budget() -> Schema:
    count = _limits(either({"type": "string", "pattern": f"{SIGN}{NUMBER}\\s*[kKmMgGtT]?\\s*$"},
                           {"type": "number", "minimum": 0}))  # fmt: skip
    size = _limits({"type": "string", "pattern": f"{SIGN}{NUMBER}\\s*([kKmMgGtTpP]([iI])?)?[bB]\\s*$"})
    memory = mapping(
        {**dict.fromkeys(BUDGET_MODES, size), "batch": {"type": "integer", "minimum": 1}}, ("batch",)
    )
    return mapping({**dict.fromkeys(FIGURES, count), "memory": {**memory, "minProperties": 2}})


def _claim() -> Schema:
    text = {**TEXT, "pattern": r"\S"}
    claim = mapping(
        {
            "says": {
                "description": "What is printed there: a text, or several.",
                **either(text, {"type": "array", "items": text, "minItems": 1}),
            },
            "source": {"description": "Where it is printed.", **text},
            "why": {"description": "Why it differs.", **text},
            "figure": {"description": "The figure that it is about.", "enum": list(CLAIMED)},
            "layer": {"description": "The layer that it is about, by name.", **text},
        },
        ("says", "source", "why"),
    )
    of_a_layer = {"properties": {"figure": {"enum": list(OF_A_LAYER)}}}
    return {
        **claim,
        "anyOf": [{"required": ["figure"]}, {"required": ["layer"]}],
        "if": {"required": ["layer"]},
        "then": of_a_layer,
    }


def _limits(schema: Schema) -> Schema:
    return either(schema, {"type": "array", "items": schema, "minItems": 1})
