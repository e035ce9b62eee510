"""Patches: a convolution whose windows tile a volume, and what makes a row of its positions, are one layer."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from cnncalc.importers import DraftNode

CONV, ROW, PATCHES = "conv", "reshape", "patch_embed"
# Fields of a convolution that patches can have.
_FIELDS = frozenset(("filters", "kernel", "stride", "bias"))


def with_patches(
    nodes: list[DraftNode], outputs: tuple[str, ...], inputs: Iterable[str] = ()
) -> list[DraftNode]:
    """The nodes of a draft, where a convolution that only a row of its positions reads is `patch_embed`."""
    pairs = {row.name: conv for conv, row in _pairs(nodes, outputs)}
    taken, convs = {*inputs, *(node.name for node in nodes)}, {conv.name for conv in pairs.values()}
    names: dict[str, str] = {}
    for row in pairs:
        names[row] = next(name for name in _names() if name not in taken and name not in names.values())
    result = []
    for node in nodes:
        if node.name in convs:
            continue
        if node.name in pairs:
            result.append(_patches(pairs[node.name], node, names[node.name]))
        elif any(source in names for source in node.sources):
            result.append(replace(node, sources=tuple(names.get(name, name) for name in node.sources)))
        else:
            result.append(node)
    return result


def _names() -> Iterator[str]:
    yield PATCHES
    number = 2
    while True:
        yield f"{PATCHES}{number}"
        number += 1


def _pairs(nodes: list[DraftNode], outputs: tuple[str, ...]) -> Iterator[tuple[DraftNode, DraftNode]]:
    """Convolutions that are patches, and the rows that read them. Outputs keep their names, and shared layers stay."""
    readers: dict[str, list[DraftNode]] = {}
    for node in nodes:
        for source in node.sources:
            readers.setdefault(source, []).append(node)
    sharing = {name for node in nodes if node.shares for name in (node.name, node.shares)}
    for conv in nodes:
        if conv.name in sharing or conv.name in outputs or not _tiles(conv):
            continue
        match readers.get(conv.name, []):
            case [row] if row.name not in outputs and _is_row(row, conv):
                yield conv, row


def _tiles(node: DraftNode) -> bool:
    kernel = node.fields.get("kernel", 1)
    return (
        node.type == CONV
        and node.fields.keys() <= _FIELDS
        and kernel != 1
        and node.fields.get("stride", 1) == kernel
    )


def _is_row(row: DraftNode, conv: DraftNode) -> bool:
    if row.type != ROW or row.shape is None or conv.shape is None or conv.shape.rank < 2:
        return False
    return row.shape == conv.shape._replace(spatial=(conv.shape.positions,))


def _patches(conv: DraftNode, row: DraftNode, name: str) -> DraftNode:
    fields = {"filters": conv.fields["filters"], "patch": conv.fields["kernel"]}
    if conv.fields.get("bias") is False:
        fields["bias"] = False
    controls = {**row.controls, **conv.controls}
    return replace(
        conv, name=name, type=PATCHES, fields=fields, shape=row.shape, scopes=row.scopes, controls=controls
    )
