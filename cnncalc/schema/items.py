"""Schemas of lists of layers, in four variants: what a spec with `blocks` or `defaults` may say is not known as well.

With blocks any word may be the name of one; with defaults no parameter of a layer is missing for sure.
"""

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.layers import Layer
from cnncalc.schema.layers import WHOLE, definitions, description, fields, required, types, worded
from cnncalc.schema.values import (
    EXPRESSION,
    NAMED,
    NOT_NULL,
    Schema,
    computed,
    either,
    integer,
    keyed,
    reference,
)
from cnncalc.spec.blocks import STRUCTURES
from cnncalc.spec.controls import CODE, CONTROLS, MODES, NAME
from cnncalc.spec.operands import SHORTCUTS
from cnncalc.spec.reading import RESERVED


class Variant(NamedTuple):
    """What a spec has beside its layers."""

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

# What refers to a layer by its name; an editor offers the words that need none.
NODE: Schema = {"type": "string", "examples": list(RESERVED)}
DOCS = {
    "name": "A name to refer to; without one, type and count: conv1, conv2.",
    "from": "The earlier layer whose output is read, instead of the one before: its name, or `in` for what enters the "
    "block or the network.",
    "repeat": "How many times; in the arguments $i counts from 0.",
    "first": "Arguments that are different in the first repetition.",
    "when": "In the network only where this is true.",
    "only": "In the network only in this mode.",
    "expect": "The shape that must come out.",
    "share": "Use the weights of the layer of this name.",
    "allow": "Diagnostics that are accepted here: code to reason.",
    "shortcut": "What is added to the body: its input as it is (identity), with a 1x1 convolution where shapes differ "
    "(project), nothing where they differ (optional), or layers of its own.",
    "sequence": "Layers one after another.",
    "residual": "Layers, and their input added to what they give.",
}


def everything() -> dict[str, Schema]:
    """What stands in `$defs` for the lists of layers and all that is in them."""
    definitions_by_name = {"expression": EXPRESSION, "name": NAMED, "reasons": _reasons(), **definitions()}
    definitions_by_name["no-kind"] = {"not": {"enum": [*(layer.key for layer in types()), *STRUCTURES]}}
    definitions_by_name["beside"] = {"allOf": list(_beside())}
    for variant in VARIANTS:
        definitions_by_name[f"layers{variant.suffix}"] = {
            "type": "array",
            "items": reference(f"item{variant.suffix}"),
        }
        definitions_by_name[f"operands{variant.suffix}"] = _operands(variant)
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
        "when": computed({"type": "boolean"}),
        "only": {"enum": list(MODES)},
        "expect": reference("shape"),
        "share": {"type": "string"},
        "allow": reference("reasons"),
        "shortcut": either({"enum": list(SHORTCUTS)}, layers),
    }
    return {name: {"description": DOCS[name], **schema} for name, schema in definitions.items()}


def _word(variant: Variant) -> Schema:
    """A bare word: a layer that needs nothing inside, or a block."""
    if variant.blocks:
        return {
            "type": "string",
            "pattern": f"^{NAME.pattern}$",
            "not": {"enum": sorted(_never_bare(variant))},
        }
    # Not an `enum`: an editor would offer each word twice, and mix what it writes for the one with the other.
    words = [layer.key for layer in types() if layer.key not in _never_bare(variant)]
    return {"type": "string", "pattern": f"^({'|'.join(words)})$"}


def _never_bare(variant: Variant) -> set[str]:
    """Words of the language that are no item by themselves."""
    bare = {
        layer.key for layer in types() if layer.arity is None or (not variant.defaults and required(layer))
    }
    return bare | set(STRUCTURES) | CONTROLS


def _mapping(variant: Variant) -> Schema:
    properties = {layer.key: _inside(layer, variant) for layer in types()}
    some = {**reference(f"layers{variant.suffix}"), "minItems": 1}
    properties |= {name: {**some, "description": DOCS[name]} for name in STRUCTURES}
    # What an item is stands first; once it is there, an editor offers what may stand beside it.
    kinds: Schema = {
        "if": {"propertyNames": reference("no-kind")},
        "then": {"properties": properties},
        "else": {"patternProperties": {f"^{name}$": schema for name, schema in properties.items()}},
    }
    alternatives = [kinds, reference("beside")]
    if not variant.blocks:
        # With blocks any other word may be the name of one, and its arguments are its own.
        alternatives.append({"propertyNames": {"enum": [*_controls(variant), *properties]}})
    return {"type": "object", "properties": _controls(variant), "allOf": alternatives}


def _inside(layer: type[Layer], variant: Variant) -> Schema:
    if layer.arity is not None:
        return reference(f"layer-{layer.key}{variant.whole}")
    return reference(f"merge-{layer.key}{variant.suffix}")


def _merge(layer: type[Layer], variant: Variant) -> Schema:
    operands = reference(f"operands{variant.suffix}")
    known = {"of": {"description": "The operands.", **operands}, **fields(layer)}
    return {"description": description(layer), **either(operands, keyed(known, worded(layer), ("of",)))}


def _operands(variant: Variant) -> Schema:
    """Two or more: names, `prev`, `in`, or branches."""
    return {
        "type": "array",
        "minItems": 2,
        "items": either(NODE, reference(f"layers{variant.suffix}")),
    }


def _beside() -> Iterator[Schema]:
    """What may stand beside what: one layer an item, and the control keys that mean something there."""
    # Not only control keys.
    yield {"not": {"propertyNames": {"enum": sorted(CONTROLS)}}}
    for layer in types():
        apart = {"shortcut"} if layer.arity is not None else {"shortcut", "share", "first"}
        then: Schema = {"propertyNames": {"enum": [layer.key, *sorted(CONTROLS - apart)]}}
        if layer.arity is not None:
            then["patternProperties"] = {"^first$": reference(f"layer-{layer.key}")}
        yield {"if": {"required": [layer.key]}, "then": then}
    for name in STRUCTURES:
        apart = {"share", "first"} if name == "residual" else {"share", "first", "shortcut"}
        yield {
            "if": {"required": [name]},
            "then": {"propertyNames": {"enum": [name, *sorted(CONTROLS - apart)]}},
        }
    plain = [{"required": [layer.key]} for layer in types() if layer.arity is not None]
    yield {"if": {"required": ["share"]}, "then": {"anyOf": plain}}
    yield {"if": {"required": ["shortcut"]}, "then": {"required": ["residual"]}}
    yield {"if": {"required": ["first"]}, "then": {"required": ["repeat"]}}
