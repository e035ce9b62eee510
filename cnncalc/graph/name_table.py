"""The names of a graph while it is built: their nodes, and which names are uncertain after an error."""

from cnncalc.graph.node import BlockUse


class NameTable:
    """Full names (`stage1.conv1`) and the indices of their nodes."""

    __slots__ = (
        "doubtful",
        "ends",
        "layers",
        "lost",
        "lost_names",
        "nodes",
        "repeated",
        "skipped",
        "turns",
        "uses",
    )

    def __init__(self) -> None:
        # Every node.
        self.nodes: dict[str, int] = {}
        # Items whose last node has another name: references to them read that node.
        self.ends: dict[str, int] = {}
        # The last nodes of repetitions. `unit_2` is looked up here last: an item can have that name.
        self.turns: dict[str, int] = {}
        # Named layers without the norm and act that follow them: `share` means these.
        self.layers: dict[str, int] = {}
        # Finished uses of blocks; and by the name of a repeated item the names of its repetitions.
        self.uses: dict[str, BlockUse] = {}
        self.repeated: dict[str, tuple[str, ...]] = {}
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

    def find(self, name: str, *, layer: bool) -> int | None:
        """The node of a name: the last one of its item, or its `layer` without the norm and act."""
        first = (self.layers if layer else self.ends).get(name)
        if first is not None:
            return first
        return self.nodes.get(name, self.ends.get(name, self.turns.get(name)))

    def repetitions(self, name: str) -> tuple[str, ...]:
        """The names of the repetitions of an item; its own name if it is not repeated."""
        return self.repeated.get(name, (name,))

    def in_last(self, name: str) -> str:
        """A path with the last repetition of every repeated item in it: `left_3.conv1` for `left.conv1`."""
        path = ""
        for part in name.split("."):
            path = self.repetitions(f"{path}.{part}" if path else part)[-1]
        return path

    def has(self, name: str) -> bool:
        """Whether a node or an item has this name."""
        return name in self.nodes or name in self.ends or name in self.turns
