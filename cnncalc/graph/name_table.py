"""The names of a graph while it is built: their nodes, and which names are uncertain after an error."""


class NameTable:
    """Full names (`stage1.conv1`) and the indices of their nodes."""

    __slots__ = ("doubtful", "ends", "layers", "lost", "lost_names", "nodes", "skipped")

    def __init__(self) -> None:
        # Every node.
        self.nodes: dict[str, int] = {}
        # Items whose last node has another name: references to them read that node.
        self.ends: dict[str, int] = {}
        # Named layers without the norm and act that follow them: `share` means these.
        self.layers: dict[str, int] = {}
        # Names that are left out in this mode, or by `when`.
        self.skipped: set[str] = set()
        # Names inside items whose expansion is unknown.
        self.lost: set[str] = set()
        # Names of two layers; and automatic names that other layers may have, because an item before them
        # could not be read.
        self.doubtful: set[str] = set()
        # Whether a layer has a name that could not be read.
        self.lost_names = False

    def end(self, name: str, last: int) -> None:
        """Store the last node of an item for a name, if that node has another name."""
        if self.nodes.get(name) != last:
            self.ends[name] = last

    def has(self, name: str) -> bool:
        """Whether a node or an item has this name."""
        return name in self.nodes or name in self.ends
