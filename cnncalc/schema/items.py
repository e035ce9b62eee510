"""Schemas of lists of layers, in four variants: less can be checked in a spec with `blocks` or `defaults`.

With blocks, any word can be the name of a block; with defaults, a missing parameter of a layer can have a default.
"""

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.layers import Layer
from cnncalc.schema.layers import WHOLE, definitions, description, fields, main_value, required, types, worded
from cnncalc.schema.values import (
    EXPRESSION,
    NAMED,
    NOT_NULL,
    TEXT,
    Schema,
    computed,
    either,
    integer,
    keyed,
    mapping,
    reference,
)
from cnncalc.spec.blocks import STRUCTURES
from cnncalc.spec.controls import CODE, CONTROLS, MODES, NAME
from cnncalc.spec.item_types import SHORTCUTS
from cnncalc.spec.placement import DEVICE
from cnncalc.spec.reading import RESERVED
from cnncalc.spec.unknown_item import COUNTS, UNKNOWN
from cnncalc.vocabulary.groups import Weightless


class Variant(NamedTuple):
    """What a spec has besides its layers."""

    blocks: bool
    defaults: bool

    @property
    def suffix(self) -> str:
        return ("-with-blocks" if self.blocks else "") + ("-with-defaults" if self.defaults else "")

    @property
    def whole(self) -> str:
        """The suffix of the layers' definitions."""
        return "" if self.defaults else WHOLE


VARIANTS = tuple(Variant(blocks, defaults) for blocks in (False, True) for defaults in (False, True))

# References to a layer by its name; an editor offers the words that need no name.
NODE: Schema = {"type": "string", "examples": list(RESERVED)}
DOCS = {
    "name": "A name for references (default: type and count, as conv1, conv2).",
    "from": "The earlier layer whose output is read, instead of the one before: its name, or `in` for the input of the "
    "block or the network.",
    "repeat": "The number of repetitions; in the arguments $i counts from 0.",
    "first": "Arguments that are different in the first repetition.",
    "next": "Arguments of the repetitions after the first: parameter to the name of a layer in the repetition before.",
    "when": "The layer exists only if this is true.",
    "only": "The layer exists only in this mode.",
    "expect": "The expected shape of the output.",
    "share": "Use the weights of the layer or the block with this name; `self` beside `repeat`: those of the first.",
    "freeze": "Whether the parameters of the layers here are not trained.",
    "module": "Whether this is one module call in the code that the spec mirrors.",
    "place": "The device that computes it, and everything inside: gpu0.",
    "allow": "Diagnostics that are accepted here: code to reason.",
    "shortcut": "What is added to the body: its input (identity), a 1x1 convolution of it if shapes differ (project), "
    "nothing if they differ (optional), or other layers.",
    "sequence": "Layers in sequence.",
    "unknown": "An operation that has no layer here: its shape and figures are trusted.",
    "residual": "Layers whose input is added to their output.",
}


def everything() -> dict[str, Schema]:
    """The entries in `$defs` for lists of layers and everything inside."""
    definitions_by_name = {"expression": EXPRESSION, "name": NAMED, "reasons": _reasons(), **definitions()}
    kinds = [*(layer.key for layer in types()), *STRUCTURES, UNKNOWN]
    definitions_by_name["no-kind"] = {"not": {"enum": kinds}}
    definitions_by_name["beside"] = {"allOf": list(_beside())}
    for variant in VARIANTS:
        definitions_by_name[f"layers{variant.suffix}"] = {
            "type": "array",
            "items": reference(f"item{variant.suffix}"),
        }
        definitions_by_name[f"operands{variant.suffix}"] = _operands(variant)
        definitions_by_name[f"numbers-and-operands{variant.suffix}"] = _operands(variant, {"type": "number"})
        definitions_by_name[f"item{variant.suffix}"] = either(_word(variant), _mapping(variant))
        definitions_by_name |= {
            f"merge-{layer.key}{variant.suffix}": _merge(layer, variant)
            for layer in types()
            if layer.arity is None
        }
    return definitions_by_name


def _reasons() -> Schema:
    reason = either({"type": "string", "pattern": r"\S"}, {"type": ["number", "boolean"]})
    return {
        "type": "object",
        "propertyNames": {"pattern": f"^{CODE}$"},
        "additionalProperties": reason,
    }


def _controls(variant: Variant) -> dict[str, Schema]:
    layers = reference(f"layers{variant.suffix}")
    definitions: dict[str, Schema] = {
        "name": reference("name"),
        "from": NODE,
        "repeat": computed(integer(0)),
        "first": {"anyOf": [{} if variant.blocks else NOT_NULL]},
        "next": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "string"}},
        "when": computed({"type": "boolean"}),
        "only": {"enum": list(MODES)},
        "expect": reference("shape"),
        "share": {"type": "string"},
        "freeze": computed({"type": "boolean"}),
        "module": computed({"type": "boolean"}),
        "allow": reference("reasons"),
        "place": computed({"type": "string", "pattern": f"^{DEVICE.pattern}$"}),
        "shortcut": either(computed({"enum": list(SHORTCUTS)}), layers),
    }
    return {name: {"description": DOCS[name], **schema} for name, schema in definitions.items()}


def _word(variant: Variant) -> Schema:
    """A bare word: a layer without required arguments, or a block."""
    never = _never_bare(variant)
    if variant.blocks:
        return {"type": "string", "pattern": f"^{NAME}$", "not": {"enum": sorted(never)}}
    # Not an `enum`: an editor would offer each word twice, and mix the text that it inserts.
    words = [layer.key for layer in types() if layer.key not in never]
    return {"type": "string", "pattern": f"^({'|'.join(words)})$"}


def _never_bare(variant: Variant) -> set[str]:
    """Words of the language that are not an item alone."""
    bare = {UNKNOWN} | {
        layer.key
        for layer in types()
        if (layer.arity is None and layer.fewest > 1) or (not variant.defaults and required(layer))
    }
    return bare | set(STRUCTURES) | CONTROLS


def _mapping(variant: Variant) -> Schema:
    properties = {layer.key: _inside(layer, variant) for layer in types()}
    some = {**reference(f"layers{variant.suffix}"), "minItems": 1}
    properties |= {name: {**some, "description": DOCS[name]} for name in STRUCTURES}
    properties[UNKNOWN] = _unknown(variant)
    # The type of an item is first; after it, an editor offers the keys that can be next to it.
    kinds: Schema = {
        "if": {"propertyNames": reference("no-kind")},
        "then": {"properties": properties},
        "else": {"patternProperties": {f"^{name}$": schema for name, schema in properties.items()}},
    }
    alternatives = [kinds, reference("beside")]
    if not variant.blocks:
        # With blocks, any other word can be the name of a block with its own arguments.
        alternatives.append({"propertyNames": {"enum": [*_controls(variant), *properties]}})
    return {"type": "object", "properties": _controls(variant), "allOf": alternatives}


def _unknown(variant: Variant) -> Schema:
    """An operation that has no layer: its name, or what is known of it."""
    count = either(computed(integer(0)), {"const": UNKNOWN})
    branch = reference(f"layers{variant.suffix}")
    known = {
        "op": TEXT,
        "of": either(NODE, {"type": "array", "minItems": 1, "items": either(NODE, branch)}),
        "shape": reference("shape"),
        **dict.fromkeys(COUNTS, count),
        "note": TEXT,
    }
    name = {"type": "string", "minLength": 1}
    return {"description": DOCS[UNKNOWN], **either(name, mapping(known, ("op",)))}


def _inside(layer: type[Layer], variant: Variant) -> Schema:
    if layer.arity is not None:
        return reference(f"layer-{layer.key}{variant.whole}")
    return reference(f"merge-{layer.key}{variant.suffix}")


def _merge(layer: type[Layer], variant: Variant) -> Schema:
    operands = reference(f"{'numbers-and-' if layer.takes_numbers else ''}operands{variant.suffix}")
    needed = () if variant.defaults else tuple(required(layer))
    alone = [] if needed else [operands]
    if layer.fewest == 1:
        operands = either(NODE, _operands(variant, fewest=1))
        alone += main_value(layer)
    else:
        needed = ("of", *needed)
    known = {"of": {"description": "The operands.", **operands}, **fields(layer)}
    return {"description": description(layer), **either(*alone, keyed(known, worded(layer), needed))}


def _operands(variant: Variant, *more: Schema, fewest: int = 2) -> Schema:
    """`fewest` or more: names, `prev`, `in`, or branches, and `more`."""
    return {
        "type": "array",
        "minItems": fewest,
        "items": either(NODE, reference(f"layers{variant.suffix}"), *more),
    }


def _beside() -> Iterator[Schema]:
    """Which keys can be next to each other: one layer in each item, and the control keys that apply to it."""
    # Not only control keys.
    yield {"not": {"propertyNames": {"enum": sorted(CONTROLS)}}}
    for layer in types():
        apart = {"shortcut", "next", "module"}
        if layer.arity is None:
            apart |= {"share", "first"} if issubclass(layer, Weightless) else {"first"}
        if layer.arity == 0:
            apart |= {"from"}
        then: Schema = {"propertyNames": {"enum": [layer.key, *sorted(CONTROLS - apart)]}}
        if layer.arity is not None:
            then["patternProperties"] = {"^first$": reference(f"layer-{layer.key}")}
        yield {"if": {"required": [layer.key]}, "then": then}
    yield {
        "if": {"required": [UNKNOWN]},
        "then": {
            "propertyNames": {
                "enum": [UNKNOWN, *sorted(CONTROLS - {"share", "first", "next", "module", "shortcut"})]
            }
        },
    }
    for name in STRUCTURES:
        apart = {"share", "first", "next", "module" if name == "residual" else "shortcut"}
        yield {
            "if": {"required": [name]},
            "then": {"propertyNames": {"enum": [name, *sorted(CONTROLS - apart)]}},
        }
    yield {"if": {"required": ["shortcut"]}, "then": {"required": ["residual"]}}
    for name in ("first", "next"):
        yield {"if": {"required": [name]}, "then": {"required": ["repeat"]}}
