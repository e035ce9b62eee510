"""A Caffe network: blobs by name, each the output of the last layer that has it as a top."""

from collections import Counter

from cnncalc.importers import faults
from cnncalc.importers.building import Building
from cnncalc.importers.formats._caffe import inputs
from cnncalc.importers.formats._caffe.kinds import DATA, ENDS, EVERY, KINDS
from cnncalc.importers.formats._caffe.layer import BadCaffeLayer, CaffeLayer, CaffeParameters, type_of
from cnncalc.importers.formats._caffe.shapes import slices
from cnncalc.importers.formats._caffe.text_format import Message
from cnncalc.importers.formats._format import ImportRequest
from cnncalc.spec import nearest
from cnncalc.text import escaped


class CaffeNetwork:
    """The network so far. `blobs` has the node of each blob; None for labels and what is left out."""

    def __init__(self, building: Building, root: Message, asked: ImportRequest) -> None:
        self.building, self.root, self.asked = building, root, asked
        self.blobs: dict[str, str | None] = {}
        self.shared: dict[tuple[str, ...], str] = {}
        # How often each blob name is read in the whole file.
        self.layers = root.messages("layer", "layers")
        self.reads = Counter(value.text for layer in self.layers for value in layer.values("bottom"))
        self.read: set[str] = set()
        # Layers of data that are not in the network in this phase, by their tops.
        self.spare: dict[str, Message] = {}

    def build(self) -> None:
        """Add every input and every layer of the phase that is asked for."""
        inputs.declared(self)
        phase = "TRAIN" if self.asked.mode == "training" else "TEST"
        for message in self.layers:
            if meets(message, phase):
                self.add(message)
            elif type_of(message) in DATA and not message.values("bottom"):
                # Data of other stages: it is read if no other layer gives it.
                for top in message.values("top"):
                    self.spare.setdefault(top.text, message)

    def outputs(self) -> list[str]:
        """The blobs that no layer reads, in the order of the file."""
        return [
            node.name for node in self.building.nodes if node.name not in self.read and node.type != "learned"
        ] or list(self.building.inputs)[:1]

    def add(self, message: Message) -> None:
        """Add one layer of the file."""
        kind, tops = type_of(message), [value.text for value in message.values("top")]
        name = message.text("name") or kind or "layer"
        bottoms = message.values("bottom")
        if kind in DATA and not bottoms:
            inputs.data_layer(self, message, kind, tops)
            return
        sources: list[str] = []
        lost = False
        for value in bottoms:
            if value.text not in self.blobs and value.text in self.spare:
                other = self.spare[value.text]
                inputs.data_layer(self, other, type_of(other), [top.text for top in other.values("top")])
            if value.text not in self.blobs:
                close = nearest(value.text, self.blobs)
                self.building.fault(
                    faults.BAD_REFERENCE,
                    value.span,
                    f"`{escaped(name)}` reads the blob `{escaped(value.text)}`, which no layer before it has as a top",
                    help=f"did you mean `{close}`?" if close else None,
                )
                lost = True
            elif (node := self.blobs[value.text]) is not None:
                sources.append(node)
        ends = kind in ENDS or kind.endswith("Loss") or bool(message.values("loss_weight"))
        if ends or (bottoms and not sources and not lost):
            self._leave_out(message, kind, tops)
            return
        if lost or not self._known(message, kind, name, bool(sources)):
            for top in tops:
                self.blobs[top] = self.building.lost(name)
            return
        layer = CaffeLayer(message, self.building, sources, name)
        before = len(self.building.nodes)
        try:
            results = slices(layer, len(tops)) if kind == "Slice" else [self._add_layer(layer, kind, tops)]
        except BadCaffeLayer:
            results = [self.building.lost(name)] * max(1, len(tops))
        self._share(message, before)
        self.read.update(source for node in self.building.nodes[before:] for source in node.sources)
        if len(results) < len(tops):
            results += results[-1:] * (len(tops) - len(results))
        self.blobs.update(zip(tops, results, strict=False))

    def _add_layer(self, layer: CaffeLayer, kind: str, tops: list[str]) -> str:
        if kind == "Scale" and (joined := self._joined(layer, tops)):
            return joined
        reader = KINDS.get(kind)
        return layer.unknown(kind, None) if reader is None else reader(layer)

    def _joined(self, layer: CaffeLayer, tops: list[str]) -> str | None:
        """A `Scale` right after a `BatchNorm` that nothing else reads is the scale and shift of the norm."""
        node = self.building.nodes[-1] if self.building.nodes else None
        blob = layer.message.values("bottom")[0].text
        given = layer.parameters("scale_param")
        if (
            node is None
            or len(layer.bottoms) != 1
            or node.type != "bn"
            or node.fields.get("affine") is not False
            or node.name != layer.bottoms[0]
            or (blob not in tops and self.reads[blob] != 1)
            or given.number("axis", 1, -4) != 1
            or given.number("num_axes", 1, -1) != 1
        ):
            return None
        del node.fields["affine"]
        if not given.flag("bias_term", False):
            node.fields["bias"] = False
        return node.name

    def _share(self, message: Message, before: int) -> None:
        """Layers whose parameters have the same names share them."""
        names = tuple(CaffeParameters.names_of(message))
        nodes = [node for node in self.building.nodes[before:] if node.type not in ("flatten", "learned")]
        if not names or not nodes:
            return
        if names in self.shared:
            self.building.share(nodes[-1].name, self.shared[names], message.span)
        elif taken := set(names) & set().union(*self.shared):
            self.building.some_shared(nodes[-1].name, [name in taken for name in names], message.span)
            self.shared[names] = nodes[-1].name
        else:
            self.shared[names] = nodes[-1].name

    def _known(self, message: Message, kind: str, name: str, reads: bool) -> bool:
        """Whether a layer has a type, and something to read."""
        types = message.values("type")
        if not types:
            self.building.fault(faults.MISSING_VALUE, message.span, f"`{escaped(name)}` has no `type`")
            return False
        if not reads:
            self.building.fault(
                faults.MISSING_VALUE, message.span, f"`{escaped(name)}` ({escaped(kind)}) has no `bottom`"
            )
            return False
        if kind not in EVERY and (close := nearest(kind, EVERY)):
            self.building.fault(
                faults.UNKNOWN_KIND,
                types[-1].span,
                f"Caffe has no layer of the type `{escaped(kind)}`",
                help=f"did you mean `{close}`?",
            )
            return False
        return True

    def _leave_out(self, message: Message, kind: str, tops: list[str]) -> None:
        text = f"`{escaped(kind)}` is no part of the forward pass that a spec has: it is left out"
        self.building.note(faults.LEFT_OUT, message.span, text)
        for top in tops:
            self.blobs[top] = None


def meets(message: Message, phase: str) -> bool:
    """Whether a layer is in the network in a phase, by its `include` and `exclude` rules and its `phase`."""
    included, excluded = message.messages("include"), message.messages("exclude")
    own = message.text("phase")
    if own and own not in (phase, _NUMBERS[phase]):
        return False
    if included:
        return any(_rule(rule, phase) for rule in included)
    return not any(_rule(rule, phase) for rule in excluded)


_NUMBERS = {"TRAIN": "0", "TEST": "1"}


def _rule(rule: Message, phase: str) -> bool:
    """Whether the state without stages at level 0 meets a rule."""
    wanted = rule.text("phase")
    if wanted and wanted not in (phase, _NUMBERS[phase]):
        return False
    if rule.values("stage"):
        return False
    return not rule.text("min_level", "0").strip("0") or rule.text("min_level").startswith("-")
