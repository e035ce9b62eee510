"""What most layers of a type have in common is written once, under `defaults`."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cnncalc.folding.document_items import items_of, lists_of
from cnncalc.folding.permits import Permits
from cnncalc.folding.plain import defaults, place
from cnncalc.folding.shipped import shipped_items
from cnncalc.folding.skeletons import NONE
from cnncalc.folding.sugar import needs_no_bias, takes_sugar
from cnncalc.layers import layer_type, main_field, names

SUGAR = ("norm", "act")
# The field that lists operands; where it is the only one, its value alone is written.
OPERANDS = "of"
# Fields that say what one layer is, and not how layers of its type are.
_OWN = frozenset(("filters", "units", "stride", "groups", OPERANDS))
_WINDOW = frozenset(("kernel", "padding", "dilation"))


@dataclass(slots=True, eq=False)
class _Use:
    """One layer in the document: the mapping that has it, its key there, and its fields."""

    holder: dict[str, Any]
    key: str
    kind: str
    fields: dict[str, Any]

    def write(self) -> None:
        """Put the fields back as they are written."""
        main = main_field(layer_type(self.kind))
        self.fields = dict(sorted(self.fields.items(), key=lambda entry: place(entry[0])))
        if list(self.fields) == [OPERANDS]:
            value: Any = self.fields[OPERANDS]
        elif (
            main is not None
            and list(self.fields) == [main]
            and not isinstance(self.fields[main], dict | list)
        ):
            value = self.fields[main]
        else:
            value = self.fields or None
        if self.key in SUGAR:
            self.holder[self.key] = self.kind if value is None else {self.kind: value}
        else:
            self.holder[self.key] = value


def with_defaults(
    document: dict[str, Any], agreed: dict[str, dict[str, Any]], permits: Permits
) -> dict[str, Any]:
    """The document with `defaults`: for each type of layer the fields that most of its layers have.

    `agreed` are defaults that the items of the document follow already.
    """
    blocks = [block for block in document.get("blocks", {}).values() if isinstance(block, dict)]
    lists = [*(block["layers"] for block in blocks), document["layers"]]
    words = [word for word in document.get("blocks", {}).values() if isinstance(word, str)]
    fixed = [use for word in words for item in items_of(shipped_items(word)) for use in _uses(item)]
    shared = dict(agreed)
    # Norms and activations first: what they have in common is no part of the layers that they follow.
    for outer in (False, True):
        uses: dict[str, list[_Use]] = defaultdict(list)
        for items in lists:
            for item in items_of(items):
                for use in _uses(item):
                    if takes_sugar(use.kind) is outer:
                        uses[use.kind].append(use)
        for kind in sorted(uses):
            others = [use for use in fixed if use.kind == kind]
            if permits(f"defaults {kind}") and (
                fields := _shared(kind, uses[kind], others, agreed.get(kind, {}))
            ):
                shared[kind] = {**agreed.get(kind, {}), **fields}
            for use in uses[kind]:
                use.write()
    for items in lists:
        for inner in lists_of(items):
            _leave_to_norms(inner, shared)
    if not shared:
        return document
    head = {key: value for key, value in document.items() if key not in ("blocks", "layers")}
    return {**head, "defaults": _short(shared), **{key: document[key] for key in document if key not in head}}


def _short(shared: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    return {kind: shared[kind] for kind in sorted(shared, key=lambda kind: (not takes_sugar(kind), kind))}


def _leave_to_norms(items: list[Any], shared: Mapping[str, Mapping[str, Any]]) -> None:
    """Leave out `bias: false` of a layer whose next item is a norm: that says it already."""
    for item, after in pairwise(items):
        kind, norm = next(iter(item)), next(iter(after))
        if kind not in _known() or norm not in _known() or not takes_sugar(kind) or not needs_no_bias(norm):
            continue
        usual = shared.get(kind, {})
        use = _Use(item, kind, kind, _fields(kind, item[kind]))
        plain = all(use.fields.get(key, usual.get(key, NONE)) == NONE for key in SUGAR)
        certain = not {"from", "when", "only"} & after.keys() and "repeat" not in item and "bias" not in usual
        if plain and certain and use.fields.get("bias") is False:
            del use.fields["bias"]
            use.write()


def _uses(item: dict[str, Any]) -> Iterator[_Use]:
    """The layer of an item, and those of its `norm` and `act`."""
    kind = next(iter(item))
    if kind not in _known():
        return
    fields = _fields(kind, item[kind])
    if not takes_sugar(kind):
        yield _Use(item, kind, kind, fields)
        return
    yield _Use(item, kind, kind, fields)
    # These are read and written only while the layer itself is not.
    fields = item[kind] if isinstance(item[kind], dict) else {}
    for key in SUGAR:
        word = fields.get(key)
        if isinstance(word, dict):
            ((name, value),) = word.items()
            yield _Use(fields, key, name, _fields(name, value))
        elif isinstance(word, str) and word in _known():
            yield _Use(fields, key, word, {})


def _known() -> frozenset[str]:
    return frozenset(names())


def _fields(kind: str, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, list):
        return {OPERANDS: value}
    main = main_field(layer_type(kind))
    return {} if value is None or main is None else {main: value}


def _shared(kind: str, uses: list[_Use], fixed: list[_Use], given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are defaults from here on; they leave the uses that have them, and others say what they have.

    `fixed` are layers of shipped blocks: they cannot say what they have, so only what they say already is shared.
    """
    shared: dict[str, Any] = {}
    keys = dict.fromkeys(key for use in uses for key in use.fields)
    # Padding first: whether it matters depends on the kernel.
    for key in sorted(keys, key=lambda key: (key != "padding", key not in SUGAR, key)):
        own = key in _OWN or (key in _WINDOW and not takes_sugar(kind))
        if own or key in given or key == main_field(layer_type(kind)) or key == "bias":
            continue
        value = _majority(kind, key, uses)
        # A kernel alone says little of a type: 3x3 filters have a padding in common too.
        if value is None or (key == "kernel" and "padding" not in shared):
            continue
        if not all(key in use.fields or _indifferent(key, use) for use in fixed):
            continue
        if _adopt(kind, key, value, uses):
            shared[key] = value
    if defaults(kind).get("bias", 0) is None:
        _share_bias(uses, shared)
    return {key: shared[key] for key in sorted(shared, key=place)}


def _majority(kind: str, key: str, uses: list[_Use]) -> Any:
    """The value that more than half of the layers have for a field, None if there is none."""
    relevant = [use for use in uses if not _indifferent(key, use)]
    values = Counter(repr(use.fields.get(key)) for use in relevant)
    if not values:
        return None
    text, count = values.most_common(1)[0]
    enough = count * 2 > len(relevant) if takes_sugar(kind) else count == len(uses)
    value = next(use.fields.get(key) for use in relevant if repr(use.fields.get(key)) == text)
    if not enough or count < 2 or value is None or "$" in repr(value):
        return None
    return value


def _indifferent(key: str, use: _Use) -> bool:
    """Whether it is no matter whether a layer has `padding: half`: it has one row and one column."""
    return key == "padding" and "padding" not in use.fields and use.fields.get("kernel", 1) == 1


def _adopt(kind: str, key: str, value: Any, uses: list[_Use]) -> bool:
    """Take a field out of the layers that have this value; write it into those that have another, left out so far."""
    usual = NONE if key in SUGAR else defaults(kind).get(key)
    if usual is None and not all(repr(use.fields.get(key)) == repr(value) for use in uses):
        return False
    for use in uses:
        if repr(use.fields.get(key)) == repr(value):
            del use.fields[key]
        elif key not in use.fields and not (value == "half" and _indifferent(key, use)):
            use.fields[key] = usual
    return True


def _share_bias(uses: list[_Use], shared: dict[str, Any]) -> None:
    """`bias` where more say it than not: a bias that is left out depends on the norm."""
    written = Counter(use.fields["bias"] for use in uses if "bias" in use.fields)
    if not written:
        return
    value, count = written.most_common(1)[0]
    biases = [use.fields.get("bias", not needs_no_bias(_norm(use, shared))) for use in uses]
    # Every layer that has another bias then says so, and those that have this one say nothing.
    if count < 2 or count <= biases.count(not value):
        return
    for use, bias in zip(uses, biases, strict=True):
        use.fields.pop("bias", None)
        if bias is not value:
            use.fields["bias"] = bias
    shared["bias"] = value


def _norm(use: _Use, shared: Mapping[str, Any]) -> str:
    norm = use.fields.get("norm", shared.get("norm", NONE))
    return str(next(iter(norm)) if isinstance(norm, dict) else norm)
