"""The names of a graph as it grows: what each of them means, and which may mean something else after an error."""


class NameTable:
    """Full names (`stage1.conv1`) and the indices of the nodes that they mean."""

    __slots__ = ("doubtful", "ends", "layers", "lost", "lost_names", "nodes", "skipped")

    def __init__(self) -> None:
        # Every node.
        self.nodes: dict[str, int] = {}
        # Items whose last node has another name: what a reference to them reads.
        self.ends: dict[str, int] = {}
        # Named layers without the norm and act that follow them: what `share` means.
        self.layers: dict[str, int] = {}
        # Names that are left out in this mode, or by `when`.
        self.skipped: set[str] = set()
        # Names inside items of which it is not known what they expand to.
        self.lost: set[str] = set()
        # Names that two layers have; and automatic names that other layers may have, because of an item before them
        # that could not be read.
        self.doubtful: set[str] = set()
        # Whether a layer has a name that could not be read.
        self.lost_names = False

    def end(self, name: str, last: int) -> None:
        """Let a name mean an item's last node, where that has another name."""
        if self.nodes.get(name) != last:
            self.ends[name] = last

    def has(self, name: str) -> bool:
        """Whether a node or an item has this name."""
        return name in self.nodes or name in self.ends
