"""A draft as a flat spec: the document that `cnncalc.load` takes, one item for each layer, nothing folded."""

from collections.abc import Mapping
from typing import Any

from cnncalc.importers.draft import UNKNOWN, Draft, DraftNode, Scope
from cnncalc.importers.module_calls import holding
from cnncalc.layers import layer_type, main_field
from cnncalc.shape import Shape


def document(draft: Draft, *, modules: bool = False) -> dict[str, Any]:
    """The document of a draft. Every layer has the name that it has in the draft.

    With `modules`, each module call that holds what nothing else would hold is a sequence (`module: true`).
    Raises `ValueError` for a layer that reads what is not before it: a draft must be in the order of computation.
    """
    names = {*draft.inputs}
    for node in draft.nodes:
        if missing := [source for source in node.sources if source not in names]:
            raise ValueError(f"{node.name} reads {missing[0]}, which is not before it")
        names.add(node.name)
    head: dict[str, Any] = {"cnncalc": 1, "name": draft.name}
    if draft.origin:
        head["source"] = draft.origin
    shapes = {name: volume(shape) for name, shape in draft.inputs.items()}
    if list(shapes) == ["input"]:
        head["input"] = shapes["input"]
    else:
        head["inputs"] = shapes
    last = draft.nodes[-1].name if draft.nodes else next(iter(draft.inputs))
    if draft.outputs != (last,):
        head["outputs"] = list(draft.outputs)
    single = next(iter(draft.inputs)) if len(draft.inputs) == 1 else None
    items: list[dict[str, Any]] = []
    before = single
    stated = holding(draft) if modules else set()
    # The calls that the next layer may be in, each with its list of layers.
    around: list[Scope] = []
    lists = [items]
    for node in draft.nodes:
        scopes = [scope for scope in node.scopes if scope in stated]
        common = next(
            (place for place, pair in enumerate(zip(around, scopes, strict=False)) if pair[0] != pair[1]),
            min(len(around), len(scopes)),
        )
        del around[common:], lists[common + 1 :]
        for scope in scopes[common:]:
            inner: list[dict[str, Any]] = []
            lists[-1].append({"sequence": inner, "module": True})
            lists.append(inner)
            around.append(scope)
        lists[-1].append(item(node, before))
        before = node.name
    return {**head, "layers": items}


def item(node: DraftNode, before: str | None) -> dict[str, Any]:
    """A layer as an item of a spec, after the node named `before` (None: after nothing that `prev` can mean)."""
    fields = dict(node.fields)
    controls: dict[str, Any] = {}
    if node.type == UNKNOWN:
        operands: Mapping[str, Any] = {"of": list(node.sources)} if node.sources else {}
        value: Any = {**fields, **operands}
    elif many(node):
        listed = operands_of(node)
        fields.pop("numbers", None)
        value = {"of": listed, **fields} if fields else listed
    else:
        value = fields
        if reads_indices(node):
            field = main_field(layer_type(node.type))
            assert field is not None
            value = {field: node.sources[1], **fields}
        if node.sources and node.sources[0] != before:
            controls["from"] = node.sources[0]
    return {
        node.type: value or None,
        **controls,
        "name": node.name,
        **({"share": node.shares} if node.shares else {}),
        **node.controls,
    }


def operands_of(node: DraftNode) -> list[Any]:
    """The operands of a layer that lists them: names, and numbers where its field `numbers` has them."""
    names = iter(node.sources)
    numbers = node.fields.get("numbers") or (None,) * len(node.sources)
    return [next(names) if number is None else number for number in numbers]


def many(node: DraftNode) -> bool:
    """Whether a layer lists its operands (`add: [a, b]`)."""
    return node.type != UNKNOWN and layer_type(node.type).arity is None


def reads_indices(node: DraftNode) -> bool:
    """Whether a layer names a pool whose indices it reads."""
    return node.type != UNKNOWN and layer_type(node.type).reads_indices


def volume(shape: Shape) -> dict[str, int]:
    """A shape as a mapping, which no reader can take for another order of the axes."""
    return dict(shape.asdict())
