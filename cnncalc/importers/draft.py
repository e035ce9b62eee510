"""The draft of a network: what every importer makes of its source, and all that folding and the proof read.

It is a flat list of layers in the order in which the source computes them. Each says its layer type and its fields in
the words of a spec, what it reads, the module calls around it, and which tensors of the source its weights are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cnncalc.diagnostic import Diagnostic
from cnncalc.shape import Shape

# The type of an operation that has no layer.
UNKNOWN = "unknown"

# How a place begins that is a module and no line of code: "module `features.3`".
IN_MODULE = "module "


@dataclass(frozen=True, slots=True)
class Scope:
    """One call of a module in the source: its path, its class, and the number of the call.

    `path` is the attribute path from the root (`layer1.0.conv1`; empty is the root itself), `kind` the name of the
    class (`Bottleneck`). `call` differs between two calls of one module: equal scopes are one call.
    """

    path: str
    kind: str = ""
    call: int = 0

    @property
    def name(self) -> str:
        """The last part of the path: `conv1` of `layer1.0.conv1`."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Taken:
    """A tensor of the source that is a weight or a buffer of a layer.

    `name` is its name in the source (`layer1.0.conv1.weight`). `change` says how it becomes ours: empty for equal
    up to its shape (a reshape), or an expression of a small set that the proof knows (`transpose`).
    """

    name: str
    shape: tuple[int, ...] = ()
    change: str = ""


@dataclass(slots=True)
class DraftNode:
    """One layer of a draft.

    `type` is the key of a layer type, or `unknown`. `fields` are its fields as a spec has them: numbers, text, lists,
    mappings; a field with its default may be left out. Arithmetic with numbers has `numbers`: all operands in order,
    with None for those that are `sources` (`sub: [1, x]` is `(1, None)`). `sources` are the names of the nodes or
    inputs that it reads, in the order of the operands; empty for what reads nothing (`learned`). `shape` is its
    output in the source, None where the source does not say: a layer with another shape is reported.
    `weights` are the tensors of the source for each of the layer's own weights and buffers, by their names in the
    layer (`weight`, `bias`, `running_mean`); `shares` is the name of an earlier node whose weights it uses. `scopes`
    are the module calls around it, the outermost first. `controls` are other keys of its item (`only`, `freeze`).
    `place` says where the source computes it, for messages: `net.py:12`, or the module (`IN_MODULE`).
    """

    name: str
    type: str
    fields: dict[str, Any] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    shape: Shape | None = None
    weights: Mapping[str, Taken] = field(default_factory=dict)
    shares: str | None = None
    scopes: tuple[Scope, ...] = ()
    controls: dict[str, Any] = field(default_factory=dict)
    place: str = ""


@dataclass(slots=True)
class Draft:
    """A network as an importer found it.

    `inputs` are shapes by name, `outputs` names of nodes in the order in which the source returns them. `notes` are
    facts for the user: what is unknown and why, what the source does that a spec cannot say. `unused` are parameters
    of the source that nothing reads in this mode, with their counts. `origin` is the source in words, for the spec's
    `source`.
    """

    name: str
    inputs: dict[str, Shape]
    nodes: list[DraftNode]
    outputs: tuple[str, ...]
    origin: str = ""
    notes: tuple[Diagnostic, ...] = ()
    unused: Mapping[str, int] = field(default_factory=dict)

    @property
    def unknown(self) -> list[DraftNode]:
        """The operations that have no layer."""
        return [node for node in self.nodes if node.type == UNKNOWN]
