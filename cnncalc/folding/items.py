"""Elements as the items of a spec."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from cnncalc.folding.blocks import Block
from cnncalc.folding.elements import Call, Element, Join, Layer
from cnncalc.folding.item import Item, called
from cnncalc.folding.names import free
from cnncalc.folding.plain import defaults, place
from cnncalc.folding.residuals import IDENTITY, residual
from cnncalc.folding.runs import repeated
from cnncalc.folding.skeletons import NONE, NORM_FIELD, SHORTCUT, WHEN, complete, ordered
from cnncalc.folding.sugar import needs_no_bias, takes_sugar
from cnncalc.importers.draft import UNKNOWN
from cnncalc.layers import layer_type, main_field


class Scope:
    """A list of layers that has its own names: the network's, or a block's.

    `entry` is the value that enters a block, `texts` what stands in place of each of its values. `known` are names of
    values from outside (inputs), `wanted` are values that need a name in any case. With `modules`, uses of blocks say
    whether they are module calls.
    """

    def __init__(
        self,
        body: Sequence[Element],
        entry: str | None,
        used: Mapping[int, Block],
        suggested: Mapping[str, str],
        *,
        block: Block | None = None,
        known: Mapping[str, str] | None = None,
        wanted: Sequence[str] = (),
        modules: bool = False,
    ) -> None:
        self._modules = modules
        self._body, self._entry, self._used, self._block = body, entry, used, block
        self._texts = block.texts if block else {}
        self.names: dict[str, str] = dict(known or {})
        self._owners = _owners(body)
        referred = [*self._referred(body, entry), *wanted]
        for value in dict.fromkeys(referred):
            if value not in self.names:
                self.names[value] = free(suggested.get(value, value), set(self.names.values()))
        self._taken = frozenset(self.names.values())

    def items(self) -> list[Item]:
        """The items of the whole list."""
        return self._items(self._body, self._entry)

    def _referred(self, elements: Sequence[Element], before: str | None) -> list[str]:
        """Values that need a name: those that are read by another than the next item."""
        values: list[str] = []
        entry = self._entry
        for element in elements:
            values += [value for value in element.reads if value not in (before, entry)]
            if isinstance(element, Call):
                # `prev` would be what the block itself reads.
                values += [value for value in element.others if value != entry]
            if (owner := self._owner(element)) is not None:
                values.append(owner)
            if isinstance(element, Join):
                for branch in element.branches:
                    values += self._referred(branch, element.entry)
            before = element.value
        return values

    def _owner(self, element: Element) -> str | None:
        """The value of the element whose weights an element uses."""
        if isinstance(element, Call):
            return element.shares.value if element.shares is not None else None
        if isinstance(element, Layer) and element.shares is not None:
            return self._owners[element.shares]
        return None

    def _refer(self, value: str, before: str | None) -> str:
        if value == before:
            return "prev"
        return self.names[value] if value != self._entry or value in self.names else "in"

    def _items(self, elements: Sequence[Element], before: str | None) -> list[Item]:
        items: list[Item] = []
        for element, after in zip_longest(elements, elements[1:]):
            item = self._item(element, before)
            if isinstance(element, Layer) and isinstance(after, Layer) and _decides_bias(element, after):
                # Without it the norm that is the next item would decide.
                item[element.type] = {**_mapping(element.type, item[element.type]), "bias": element.bias}
            items.append(item)
            before = element.value
        return repeated(items, self._taken)

    def _item(self, element: Element, before: str | None) -> Item:
        if isinstance(element, Call):
            item = self._call(element)
        elif isinstance(element, Join):
            item = self._join(element)
        else:
            item = self._layer(element, before)
        beside: dict[str, Any] = {}
        reads = element.reads
        listed = isinstance(element, Layer) and (element.type == UNKNOWN or self._lists(element))
        if reads and reads[0] != before and not listed:
            beside["from"] = self._refer(reads[0], before)
        if (name := self._name(element)) is not None:
            beside["name"] = name
        if (owner := self._owner(element)) is not None:
            beside["share"] = self.names[owner]
        if (condition := self._value(element, WHEN, True)) is not True:
            beside[WHEN] = condition
        if isinstance(element, Layer):
            beside |= element.controls
        elif isinstance(element, Call) and self._modules:
            beside["module"] = bool(element.path)
        return item.with_entries(**beside) if beside else item

    def _name(self, element: Element) -> str | None:
        return self.names.get(element.value)

    def _value(self, element: Element, field: str, value: Any) -> Any:
        return self._texts.get((id(element), field), value)

    def _call(self, call: Call) -> Item:
        block = self._used[id(call)]
        index = block.numbers[id(call)]
        arguments = {
            name: self._value(call, name, value)
            for name, (value, _) in block.parameters.arguments(index).items()
        }
        usual = block.parameters.defaults
        for name, value in zip(block.others, call.others, strict=True):
            arguments[name] = self._refer(value, None)
        declared = block.declared()
        main = next(iter(declared), None)
        ordered_arguments = {name: arguments[name] for name in declared if name in arguments}
        return Item(
            {block.name: called(ordered_arguments, usual, main)},
            ordered_arguments,
            usual,
            main,
            call.path,
            block.parameters.rates,
        )

    def _join(self, join: Join) -> Item:
        parts = residual(join)
        if parts is not None:
            entries: dict[str, Any] = {"residual": self._items(parts.body, join.entry)}
            if isinstance(parts.shortcut, list):
                entries["shortcut"] = self._items(parts.shortcut, join.entry)
            elif (word := self._value(join, SHORTCUT, parts.shortcut)) != IDENTITY:
                entries[SHORTCUT] = word
            return Item(entries)
        branches = [self._items(branch, join.entry) for branch in ordered(join)]
        fields = self._fields(join.layer)
        return Item({join.layer.type: {"of": branches, **fields} if fields else branches})

    def _lists(self, layer: Layer) -> bool:
        """Whether a layer lists its operands."""
        return layer_type(layer.type).arity is None

    def _layer(self, layer: Layer, before: str | None) -> Item:
        fields = self._fields(layer)
        references: list[Any] = [self._refer(value, before) for value in layer.reads]
        if numbers := fields.pop("numbers", None):
            left = iter(references)
            references = [next(left) if number is None else number for number in numbers]
        if layer.type == UNKNOWN:
            if references != ["prev"]:
                fields["of"] = references
        elif self._lists(layer):
            if references == ["prev"] and layer_type(layer.type).fewest == 1:
                pass
            elif fields:
                fields = {"of": references, **fields}
            else:
                return Item({layer.type: references})
        elif layer_type(layer.type).reads_indices:
            field = main_field(layer_type(layer.type))
            assert field is not None
            fields = {field: references[1], **fields}
        return Item({layer.type: self._short(layer.type, fields)})

    def _short(self, kind: str, fields: dict[str, Any]) -> Any:
        main = "op" if kind == UNKNOWN else main_field(layer_type(kind))
        if main is not None and list(fields) == [main] and not isinstance(fields[main], dict | list):
            return fields[main]
        return fields or None

    def _fields(self, layer: Layer) -> dict[str, Any]:
        """The fields of a layer with the parameters of the block, without those that have their defaults."""
        usual = defaults(layer.type)
        fields = {}
        for name, value in complete(layer).items():
            value = self._value(layer, name, value)
            if (name in usual and usual[name] == value) or (name == "act" and value == NONE):
                continue
            fields[name] = value
        if fields.get("padding") == "half" and fields.get("kernel", 1) == 1:
            del fields["padding"]
        if takes_sugar(layer.type):
            if layer.norm is not None:
                kind, arguments = layer.norm
                arguments = {
                    name: self._value(layer, f"{NORM_FIELD}{name}", value)
                    for name, value in arguments.items()
                }
                fields["norm"] = {kind: self._short(kind, arguments)} if arguments else kind
            if isinstance(act := fields.get("act"), dict):
                ((kind, arguments),) = act.items()
                fields["act"] = {kind: self._short(kind, arguments)}
            norm = layer.norm[0] if layer.norm else NONE
            if layer.bias is not None and layer.bias is needs_no_bias(norm):
                fields["bias"] = layer.bias
        return dict(sorted(fields.items(), key=lambda entry: place(entry[0])))


def _owners(body: Sequence[Element]) -> dict[str, str]:
    """The value of the element that stands for each node of the draft in a list, for `share`."""
    owners: dict[str, str] = {}
    for element in body:
        if isinstance(element, Layer):
            owners.update(dict.fromkeys(element.nodes, element.value))
        elif isinstance(element, Join):
            for branch in element.branches:
                owners |= _owners(branch)
    return owners


def _decides_bias(layer: Layer, after: Layer) -> bool:
    """Whether the next item of a list says if a layer has a bias, where nothing else does."""
    return layer.bias is not None and layer.norm is None and layer.act is None and needs_no_bias(after.type)


def _mapping(kind: str, value: Any) -> dict[str, Any]:
    """The value of a layer's item as its fields."""
    return dict(value) if isinstance(value, dict) else {str(main_field(layer_type(kind))): value}
