"""Where the modules of the written code are: `stage1.0.conv`."""

from typing import TYPE_CHECKING

from cnncalc.exporters.torch_source.parts import leaves
from cnncalc.exporters.torch_source.trace import Entry
from cnncalc.exporters.torch_source.writer import ClassWriter

if TYPE_CHECKING:
    from cnncalc.exporters.torch_source.network import Network


def module_paths(network: "Network") -> dict[tuple[int, int], str]:
    """Where the module of each call is: by node and number of its call. A shared one is where it is first."""
    paths: dict[tuple[int, int], str] = {}
    _collect(network, network.main, 0, "", paths)
    return paths


def _collect(
    network: "Network", writer: ClassWriter, number: int, prefix: str, paths: dict[tuple[int, int], str]
) -> None:
    instance = writer.instances[number]
    for piece in writer.made:
        for position, leaf in enumerate(leaves(piece.parts, instance)):
            path = prefix + piece.attribute.name + ("" if piece.single else f".{position}")
            if isinstance(leaf, Entry):
                _collect(network, network.writer_of(leaf), network.number_of(leaf), f"{path}.", paths)
            else:
                paths[leaf] = path
