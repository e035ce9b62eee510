"""Goes through a Keras model: the calls of its layers, models inside it, and layers that are called several times."""

from collections import defaultdict, deque
from typing import NamedTuple

from cnncalc.diagnostic import Span
from cnncalc.importers import faults
from cnncalc.importers.building import Building
from cnncalc.importers.draft import Scope
from cnncalc.importers.formats._format import ImportRequest
from cnncalc.importers.formats._keras import graph
from cnncalc.importers.formats._keras.call import KerasCall
from cnncalc.importers.formats._keras.config import BadKerasLayer, KerasConfig, entry, text
from cnncalc.importers.formats._keras.kinds import KINDS
from cnncalc.importers.unreadable import Unreadable
from cnncalc.shape import Shape
from cnncalc.spec import nearest
from cnncalc.text import Mapping, Node, Sequence, escaped

MODELS = ("Functional", "Model", "Sequential")
MAX_DEPTH = 20
"""The most models inside each other."""


class KerasLayer(NamedTuple):
    """A layer of a model, and what its first call has made, for the calls after it."""

    name: str
    kind: str
    node: Node
    span: Span
    owners: dict[str, str]
    inner: "dict[str, KerasLayer]"


class KerasWalk:
    """The whole model. `keras_2` says that it is of Keras 2, whose `hard_sigmoid` and recurrent layers differ."""

    def __init__(
        self, building: Building, asked: ImportRequest, *, channels_first: bool, keras_2: bool
    ) -> None:
        self.building, self.asked = building, asked
        self.channels_first, self.keras_2 = channels_first, keras_2
        self.calls = 0

    def layers(self, config: Node | None) -> list[KerasLayer]:
        """The layers of a model's configuration."""
        listed = entry(config, "layers") if isinstance(config, Mapping) else config
        if not isinstance(listed, Sequence):
            place = self.building.start if config is None else config.span
            self.building.fault(faults.NO_NETWORK, place, "the model has no list of `layers`")
            raise BadKerasLayer
        layers = []
        for node in listed.items:
            kind = text(entry(node, "class_name"))
            name_node = entry(node, "name") or entry(node, "config", "name")
            where = entry(node, "class_name") or node
            if not kind:
                self.building.fault(faults.MISSING_VALUE, node.span, "a layer has no `class_name`")
                raise BadKerasLayer
            layers.append(KerasLayer(text(name_node, kind), kind, node, where.span, {}, {}))
        return layers

    def model(
        self,
        config: Node | None,
        kind: str,
        entering: list[str],
        scopes: tuple[Scope, ...],
        inner: dict[str, KerasLayer],
    ) -> list[str]:
        """The layers of a model that reads `entering`; its own inputs if it reads nothing. Returns its outputs."""
        if len(scopes) > MAX_DEPTH:
            self.building.fault(
                faults.TOO_LARGE,
                self.building.start,
                f"models are more than {MAX_DEPTH} levels inside each other",
            )
            raise BadKerasLayer
        layers = self.layers(config)
        for layer in layers:
            # A model that is called again has the layers of its first call.
            inner.setdefault(layer.name, layer)
        layers = [inner[layer.name] for layer in layers]
        if kind == "Sequential" or not any(graph.calls(layer.node) for layer in layers):
            return [self._sequence(config, layers, entering, scopes)]
        return self._functional(config, layers, entering, scopes)

    def _sequence(
        self, config: Node | None, layers: list[KerasLayer], entering: list[str], scopes: tuple[Scope, ...]
    ) -> str:
        last = entering[0] if entering else ""
        for layer in layers:
            if layer.kind == "InputLayer":
                last = last or self._input(layer)
                continue
            if not last:
                # Keras 2 has the shape in the first layer, Keras 3 in the model.
                last = self._input(layer, entry(config, "build_input_shape"))
            last = self._layer(layer, [last], scopes, None)[0]
        if not last:
            self.building.fault(faults.NO_NETWORK, self.building.start, "the model has no layers")
            raise BadKerasLayer
        return last

    def _functional(
        self, config: Node | None, layers: list[KerasLayer], entering: list[str], scopes: tuple[Scope, ...]
    ) -> list[str]:
        values: dict[tuple[str, int], list[str]] = {}
        firsts = [tensor.layer for tensor in graph.ends(entry(config, "input_layers"))]
        if entering:
            values |= {(name, 0): [value] for name, value in zip(firsts, entering, strict=False)}
        else:
            known = {layer.name: layer for layer in layers}
            order = [known[name] for name in firsts if name in known]
            order += [layer for layer in layers if layer.kind == "InputLayer" and layer not in order]
            single = len(order) == 1
            values |= {(layer.name, 0): [self._input(layer, single=single)] for layer in order}
        pending: dict[tuple[str, int], list[graph.KerasTensor]] = {}
        by_name = {layer.name: layer for layer in layers}
        sizes: dict[tuple[str, int], tuple[int | None, ...]] = {}
        for layer in layers:
            for number, tensors in enumerate(graph.calls(layer.node)):
                pending[layer.name, number] = tensors
                sizes |= {(tensor.layer, tensor.call): tensor.shape for tensor in tensors if tensor.shape}
        self._in_order(pending, by_name, values, sizes, scopes)
        outputs = []
        for tensor in graph.ends(entry(config, "output_layers")):
            parts = values.get((tensor.layer, tensor.call)) or values.get((tensor.layer, 0))
            if parts is None:
                place = entry(config, "output_layers")
                self.building.fault(
                    faults.BAD_REFERENCE,
                    self.building.start if place is None else place.span,
                    f"the model has no layer `{escaped(tensor.layer)}`, which is one of its outputs",
                )
                raise BadKerasLayer
            outputs.append(parts[min(tensor.output, len(parts) - 1)])
        return outputs or [self.building.nodes[-1].name]

    def _in_order(
        self,
        pending: dict[tuple[str, int], list[graph.KerasTensor]],
        layers: dict[str, KerasLayer],
        values: dict[tuple[str, int], list[str]],
        sizes: dict[tuple[str, int], tuple[int | None, ...]],
        scopes: tuple[Scope, ...],
    ) -> None:
        """Add every call whose inputs are there; the list of layers need not be in the order of computation."""
        missing: dict[tuple[str, int], int] = {}
        readers: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
        for key, tensors in pending.items():
            wanted = {(tensor.layer, tensor.call) for tensor in tensors} - values.keys()
            missing[key] = len(wanted)
            for source in wanted:
                readers[source].append(key)
        ready = deque(key for key, count in missing.items() if not count and key not in values)
        while ready:
            key = ready.popleft()
            layer = layers[key[0]]
            sources = []
            for tensor in pending.pop(key):
                parts = values[tensor.layer, tensor.call]
                sources.append(parts[min(max(tensor.output, 0), len(parts) - 1)])
            values[key] = self._layer(layer, sources, scopes, sizes.get(key))
            for reader in readers.pop(key, ()):
                missing[reader] -= 1
                if not missing[reader]:
                    ready.append(reader)
        for name, number in pending:
            if (name, number) not in values:
                self._report_missing(layers, name, pending[name, number], values)
                break

    def _report_missing(
        self,
        layers: dict[str, KerasLayer],
        name: str,
        tensors: list[graph.KerasTensor],
        values: dict[tuple[str, int], list[str]],
    ) -> None:
        lost = next(tensor for tensor in tensors if (tensor.layer, tensor.call) not in values)
        if lost.layer not in layers:
            close = nearest(lost.layer, layers)
            what = f"`{escaped(name)}` reads `{escaped(lost.layer)}`, and no layer has this name"
            help = f"did you mean `{close}`?" if close else None
        else:
            what = (
                f"`{escaped(name)}` reads `{escaped(lost.layer)}`, which reads it in turn, or is never called"
            )
            help = None
        self.building.fault(faults.BAD_REFERENCE, layers[name].span, what, help=help)
        raise BadKerasLayer

    def _input(self, layer: KerasLayer, built: Node | None = None, *, single: bool = True) -> str:
        """An input of the whole model."""
        sizes = None
        for place in ("batch_shape", "batch_input_shape"):
            sizes = sizes or graph.shape_of(entry(layer.node, "config", place))
        sizes = sizes or graph.shape_of(built)
        known = sizes is not None and all(size is not None for size in sizes[1:])
        first = not self.building.inputs
        name = "input" if first and single else self.building.name(layer.name)
        channels = None if sizes is None else sizes[1] if self.channels_first else sizes[-1]
        own = self._shape(sizes) if known and sizes is not None else None
        shape = self.asked.shape(name, own)
        if shape is None and sizes is not None and channels is not None and len(sizes) > 2:
            # A number of `--input` is the length of every side.
            shape = self.asked.shape(name, Shape(channels, (1,) * (len(sizes) - 2)))
            shape = None if shape is not None and max(shape.spatial, default=2) == 1 else shape
        if shape is None:
            written = (
                "no size"
                if sizes is None
                else "x".join("?" if size is None else str(size) for size in sizes[1:])
            )
            self.building.fault(
                faults.NO_INPUT_SIZE,
                layer.span,
                f"the input `{escaped(layer.name)}` has {written} in the file",
                help="give it, as in `--input 224x224x3`"
                if single
                else f"give it, as in `--input {escaped(name)}=224x224x3`",
            )
            raise Unreadable(self.building.faults, self.building.source)
        return self.building.input(name, shape)

    def _shape(self, sizes: tuple[int | None, ...]) -> Shape:
        plain = [size or 1 for size in sizes[1:]]
        if len(plain) == 1:
            return Shape(plain[0])
        return (
            Shape(plain[0], tuple(plain[1:])) if self.channels_first else Shape(plain[-1], tuple(plain[:-1]))
        )

    def _layer(
        self,
        layer: KerasLayer,
        sources: list[str],
        scopes: tuple[Scope, ...],
        sizes: tuple[int | None, ...] | None,
    ) -> list[str]:
        """One call of a layer. Returns what it gives."""
        building = self.building
        config_node = entry(layer.node, "config")
        self.calls += 1
        path = f"{scopes[-1].path}.{layer.name}" if scopes else layer.name
        if layer.kind in MODELS:
            inner = (*scopes, Scope(path, layer.kind, self.calls))
            return self.model(config_node, layer.kind, sources, inner, layer.inner)
        if layer.kind == "InputLayer":
            return sources
        config = KerasConfig(config_node, layer.kind, layer.span, building)
        result = self._shape(sizes) if sizes is not None and None not in sizes[1:] else None
        call = KerasCall(
            building,
            layer.name,
            config,
            sources,
            scopes,
            layer.owners,
            channels_first=self.channels_first,
            keras_2=self.keras_2,
            result=result,
        )
        reader = KINDS.get(layer.kind)
        try:
            if reader is not None:
                return [reader(call)]
            close = nearest(layer.kind, KINDS)
            if result is None and close and layer.kind.lower() != close.lower():
                building.fault(
                    faults.UNKNOWN_KIND,
                    layer.span,
                    f"Keras has no layer `{escaped(layer.kind)}` that is known here",
                    help=f"did you mean `{close}`?",
                )
                raise BadKerasLayer
            return [call.unknown(layer.kind, sources, result)]
        except BadKerasLayer:
            return [building.lost(layer.name)]
