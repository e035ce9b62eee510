"""Weights that several layers read: shared by them, or only written once because their values are equal."""

from collections import defaultdict

from cnncalc.importers.draft import UNKNOWN, DraftNode
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.unreadable import Unreadable


def share(reading: OnnxReading, nodes: list[DraftNode]) -> int:
    """Marks layers that use the weights of an earlier one. Gives the number of tensors that are only written once.

    Layers share their weights if all of them are the same tensors, and it is no accident: exporters write tensors with
    equal values once, such as the factors of untrained norms.
    """
    alike: dict[object, list[DraftNode]] = defaultdict(list)
    for node in nodes:
        if node.weights and node.type != UNKNOWN:
            key = tuple((name, taken.name, taken.change) for name, taken in sorted(node.weights.items()))
            alike[(node.type, key)].append(node)
    for same in alike.values():
        first, *others = same
        for node in others:
            if _is_one_module(first, node) or any(
                not _is_even(reading, taken.name) for taken in node.weights.values()
            ):
                node.shares = first.name
    _separate(reading, nodes)
    users: dict[str, set[str]] = defaultdict(set)
    for node in nodes:
        if node.shares is None and node.type != UNKNOWN:
            for taken in node.weights.values():
                users[taken.name].add(node.name)
    return sum(len(names) - 1 for names in users.values())


def _separate(reading: OnnxReading, nodes: list[DraftNode]) -> None:
    """Makes a layer `unknown` that uses a weight of an earlier layer and is not wholly shared: no spec says that."""
    owners: dict[str, DraftNode] = {}
    for node in nodes:
        if node.type == UNKNOWN:
            continue
        names = [reading.model.origin(taken.name) for taken in node.weights.values()]
        first = next((owners[name] for name in names if name in owners), None)
        shares = node.shares is not None and first is not None and node.shares == first.name
        if first is not None and not shares and any(n in owners and not _is_even(reading, n) for n in names):
            assert node.shape is not None
            note = f"it uses a weight of {first.name} in another way"
            shape = dict(node.shape.asdict())
            node.fields = {"op": node.type, "shape": shape, "note": note}
            node.weights = {taken.name: taken for taken in node.weights.values()}
            node.type, node.shares, node.controls = UNKNOWN, None, {}
            node.sources = tuple(dict.fromkeys(node.sources))
            continue
        for name in names:
            owners.setdefault(name, node)


def _is_one_module(first: DraftNode, other: DraftNode) -> bool:
    return bool(first.scopes and other.scopes) and first.scopes[-1].path == other.scopes[-1].path != ""


def _is_even(reading: OnnxReading, name: str) -> bool:
    """Whether all values of a tensor are equal: those of different layers are then written once.

    Of a tensor whose values are in a file that is missing, one with a single axis is taken to be so.
    """
    tensor = reading.model.initializers.get(name)
    if tensor is None:
        return False
    try:
        array = reading.model.values(tensor)
    except Unreadable:
        return len(tensor.dims) <= 1
    return bool(array.size and (array == array.reshape(-1)[0]).all())
