"""Networks at random over every layer type, as specs: a seed gives the same one each time."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from cnncalc.layers import Layer, another_words, layer_type, names, problems
from cnncalc.layers.attention import Attention
from cnncalc.layers.matmul import Matmul
from cnncalc.layers.maxpool import MaxPool
from cnncalc.shape import AXES, Shape
from cnncalc.vocabulary.field import REQUIRED, Kind, stated
from cnncalc.vocabulary.layer import Inputs
from cnncalc.vocabulary.product import WAYS, is_product
from cnncalc.vocabulary.reading import Refused
from cnncalc.vocabulary.relative import RELATIVE
from cnncalc.vocabulary.unpooling import Pooled
from cnncalc.vocabulary.values import SIDES

# What gives an output of another size for each image of a batch, or none at all, is no part of a network here.
KINDS = names()
MERGES = tuple(name for name in KINDS if layer_type(name).arity != 1)
SHAREABLE = ("conv", "fc", "linear", "ln", "ln2d", "bn", "layer_scale", "prelu")
CHANNELS = (1, 2, 3, 4, 6, 8, 12)
LONGEST = {0: 1, 1: 24, 2: 10, 3: 5}
LARGEST = 20_000


class Item(NamedTuple):
    """One layer of a network: its name, type, fields, the names that it reads, and whose weights it uses."""

    name: str
    kind: str
    fields: dict[str, Any]
    reads: tuple[str, ...]
    share: str | None = None


class Network(NamedTuple):
    """Inputs by name, layers in order, and the names of the outputs."""

    inputs: dict[str, dict[str, int] | int]
    items: tuple[Item, ...]
    outputs: tuple[str, ...]

    def text(self) -> str:
        """The spec."""
        body = [_item(item) for item in self.items]
        return json.dumps(
            {"cnncalc": 1, "inputs": self.inputs, "layers": body, "outputs": list(self.outputs)}, indent=1
        )

    def smaller(self) -> Iterator["Network"]:
        """Networks with one layer less, whose readers read what it read; with one output less; with fewer fields."""
        for index in reversed(range(len(self.outputs))):
            if len(self.outputs) > 1:
                yield self._replace(outputs=self.outputs[:index] + self.outputs[index + 1 :])
        for index in reversed(range(len(self.items))):
            gone = self.items[index]
            for instead in dict.fromkeys(gone.reads):
                items = tuple(
                    item._replace(
                        reads=tuple(instead if name == gone.name else name for name in item.reads),
                        share=None if item.share == gone.name else item.share,
                    )
                    for item in (*self.items[:index], *self.items[index + 1 :])
                )
                outputs = tuple(
                    dict.fromkeys(instead if name == gone.name else name for name in self.outputs)
                )
                if items and not set(outputs) & set(self.inputs):
                    yield self._replace(items=items, outputs=outputs)
        for index, item in enumerate(self.items):
            if layer_type(item.kind).arity is None and len(item.reads) > 2:
                for which in range(len(item.reads)):
                    fewer = item._replace(reads=item.reads[:which] + item.reads[which + 1 :])
                    yield self._replace(items=(*self.items[:index], fewer, *self.items[index + 1 :]))
            for field in item.fields:
                yield self._replace(
                    items=(*self.items[:index], without(item, field), *self.items[index + 1 :])
                )


def without(item: Item, field: str) -> Item:
    """A layer that leaves a field out."""
    return item._replace(fields={name: value for name, value in item.fields.items() if name != field})


def _item(item: Item) -> dict[str, Any]:
    fields = {name: _plain(value) for name, value in item.fields.items()}
    item_mapping: dict[str, Any] = {item.kind: fields}
    if not item.reads:
        pass
    elif layer_type(item.kind).reads_indices:
        item_mapping["from"] = item.reads[0]
        item_mapping[item.kind] = {"pool": item.reads[1]}
    elif len(item.reads) > 1:
        item_mapping[item.kind] = {"of": list(item.reads), **fields} if fields else list(item.reads)
    else:
        item_mapping["from"] = item.reads[0]
    item_mapping["name"] = item.name
    return item_mapping | ({"share": item.share} if item.share else {})


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value


def network(seed: int, *, most: int = 12) -> Network:
    """A network of 1 to `most` layers or so, over 1 to 3 axes or none."""
    return _Growing(Random(seed)).network(most)


class _Growing:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.shapes: dict[str, Shape] = {}
        self.items: list[Item] = []
        self.layers: dict[str, Layer] = {}
        self.inputs: dict[str, dict[str, int] | int] = {}

    def network(self, most: int) -> Network:
        random = self.random
        self._input()
        if random.random() < 0.2:
            self._input()
        # Networks of a few layer types show what these do to each other; of all, everything.
        self.kinds = random.sample(KINDS, random.randint(3, 8)) if random.random() < 0.5 else list(KINDS)
        if random.random() < 0.6:
            self._add("linear" if not self._last().rank or random.random() < 0.3 else "conv")
        wanted = random.randint(2, most)
        for _ in range(8 * wanted):
            if len(self.items) >= wanted:
                break
            self._add(random.choice(MERGES) if random.random() < 0.15 else random.choice(self.kinds))
        if not self.items:
            self._add("identity")
        # A learned tensor is no output.
        ends = [item.name for item in self.items if self.shapes[item.name].batched]
        if not ends:
            self._add("dropout")
            ends = [self.items[-1].name]
        outputs = [ends[-1]]
        if random.random() < 0.25:
            outputs.append(random.choice(ends))
        read = {name for item in self.items for name in item.reads}
        used = {name: shape for name, shape in self.inputs.items() if name in read}
        return Network(used, tuple(self.items), tuple(dict.fromkeys(outputs)))

    def _last(self) -> Shape:
        return list(self.shapes.values())[-1]

    def _input(self) -> None:
        random = self.random
        rank = random.choice((0, 1, 1, 2, 2, 2, 3)) if not self.shapes else self._last().rank
        if self.shapes and random.random() < 0.5:
            shape = self._last()
        else:
            spatial = tuple(random.randint(1, LONGEST[rank]) for _ in range(rank))
            shape = Shape(random.choice(CHANNELS), spatial)
        name = f"x{len(self.inputs)}"
        self.shapes[name] = shape
        # In full: some shapes read like channels first, which cnncalc refuses unless they are written so.
        sizes = {**dict(zip(shape.axes, shape.spatial, strict=True)), "channels": shape.channels}
        self.inputs[name] = sizes if shape.rank else shape.channels

    def _entering(self, kind: type[Layer]) -> tuple[str, ...]:
        """What it reads: mostly what came last, sometimes what came long before."""
        if kind.arity == 0:
            return ()
        random = self.random
        names = [name for name, shape in self.shapes.items() if shape.batched or kind.without_batch == "all"]
        first = names[-1] if random.random() < 0.75 else random.choice(names)
        if kind.arity == 1:
            return (first,)
        if kind.reads_indices:
            return self._pooled()
        count = kind.arity or (2 if kind is Matmul else random.choice((2, 2, 2, 3, 4)))
        if kind is Attention:
            count = random.choice((1, 2, 2, 3))
        shape = self.shapes[first]
        fit = {
            name: other
            for name, other in self.shapes.items()
            if other.batched or kind.without_batch != "none"
        }
        alike = [name for name, other in fit.items() if other.torch == shape.torch or other.size == 1]
        near = [name for name, other in fit.items() if other.rank == shape.rank or other.size == 1]
        grid = [name for name, other in fit.items() if other.spatial == shape.spatial]
        sides = {shape.channels, shape.positions}
        factors = [name for name, other in fit.items() if sides & {other.channels, other.positions}]
        pool = {"add": alike, "stack": alike, "concat": grid, "matmul": factors}.get(kind.key, near)
        others = [random.choice(pool) for _ in range(count - 1)]
        reads = [first, *others]
        random.shuffle(reads)
        return tuple(reads)

    def _pooled(self) -> tuple[str, ...]:
        """A layer with the shape of a pooling, that pooling, and what it reads; nothing if there is no pooling."""
        pools = [item.name for item in self.items if isinstance(self.layers[item.name], MaxPool)]
        if not pools:
            return ()
        pool = self.random.choice(pools)
        alike = [name for name, other in self.shapes.items() if other == self.shapes[pool]]
        return self.random.choice(alike), pool, self.items_by(pool).reads[0]

    def _link(self, pool: str) -> dict[str, Any]:
        """The fields of an unpooling: its pooling, and what the network knows of that."""
        layer = self.layers[pool]
        assert isinstance(layer, MaxPool)
        return {"pool": pool, "pooled": Pooled(pool, layer.key, layer)}

    def _add(self, name: str) -> None:
        random, kind = self.random, layer_type(name)
        reads = self._entering(kind)
        if not reads and kind.arity != 0:
            return
        inputs = tuple(self.shapes[source] for source in reads)
        if inputs and kind.takes == "volume" and (not inputs[0].rank or inputs[0].rank not in kind.ranks):
            return
        if inputs and kind.takes == "features" and inputs[0].rank:
            return
        share = None
        if name == "learned" and random.random() < 0.2:
            same = [item for item in self.items if item.kind == name and not item.share]
            share = random.choice(same).name if same else None
        elif name in SHAREABLE and random.random() < 0.2:
            same = [
                item
                for item in self.items
                if item.kind == name and not item.share and self._fits(item.name, inputs)
            ]
            if same:
                share = random.choice(same).name
        fields: dict[str, Any] | None
        if share:
            fields = self.items_by(share).fields
        else:
            fields = {"shape": self._learned()} if kind.arity == 0 else _fields(random, kind, inputs)
        if fields is None:
            return
        try:
            read = {
                key: declared.kind.read(fields[key])
                for key, (declared, _) in stated(kind).items()
                if key in fields
            }
            layer = kind(**(self._link(reads[1]) if kind.reads_indices else read))
        except (Refused, ValueError):
            return
        if any(
            problem.blocking or problem.fault.severity.name == "ERROR" for problem in problems(layer, inputs)
        ):
            return
        if share and layer.weights(inputs) != self.layers[share].weights(
            tuple(self.shapes[source] for source in self.items_by(share).reads)
        ):
            return
        shape = layer.output(inputs)
        if not layer.torch(inputs) or shape.size > LARGEST or min(shape.torch) < 1:
            return
        item = Item(f"n{len(self.items)}", name, fields, reads, share)
        self.items.append(item)
        self.shapes[item.name] = shape
        self.layers[item.name] = layer

    def _learned(self) -> int | str:
        """One number, or a shape that fits a tensor that is there, whole or broadcast."""
        random, shape = self.random, self._last()
        if random.random() < 0.3:
            return 1
        if not shape.rank:
            return random.choice((1, shape.channels))
        return "x".join(str(random.choice((1, size, size))) for size in (*shape.spatial, shape.channels))

    def _fits(self, name: str, inputs: Inputs) -> bool:
        entering = self.shapes[self.items_by(name).reads[0]]
        return entering.rank == inputs[0].rank and entering.channels == inputs[0].channels

    def items_by(self, name: str) -> Item:
        return next(item for item in self.items if item.name == name)


def _fields(random: Random, kind: type[Layer], inputs: Inputs) -> dict[str, Any] | None:
    if kind.key == "reshape":
        return _reshaped(random, inputs[0])
    if kind is Matmul:
        return {"transpose": random.choice([way for way in WAYS if is_product(inputs, way)] or WAYS)}
    if kind is Attention:
        return _attending(random, inputs)
    fields: dict[str, Any] = {}
    if kind.reads_indices:
        return fields
    for name, (declared, default) in stated(kind).items():
        if default is REQUIRED or random.random() < (0.6 if name in ("inplace", "kernel") else 0.4):
            fields[name] = _value(random, declared.kind, inputs[0].rank)
    for name, same in another_words(kind).items():
        if name in fields and same in fields:
            del fields[name]
    if kind.key == "permute":
        order = [*inputs[0].axes, "channels"]
        random.shuffle(order)
        fields["order"] = tuple(order)
    return fields


def _attending(random: Random, inputs: Inputs) -> dict[str, Any]:
    channels = inputs[0].channels
    heads = random.choice([heads for heads in range(1, 5) if channels % heads == 0])
    if len(inputs) == 3 and random.random() < 0.5:
        fields: dict[str, Any] = {"heads": heads, "project": False}
    else:
        widths = ("key_width", "value_width", "units")
        fields = {"heads": heads, **{name: random.randint(1, 5) for name in widths if random.random() < 0.4}}
        fields |= {name: False for name in ("bias", "output_bias") if random.random() < 0.3}
    if random.random() < 0.4:
        fields["relative"] = random.choice(RELATIVE[1:])
    elif inputs[0].rank == 1 and random.random() < 0.5:
        fields["causal"] = True
    return fields


def _reshaped(random: Random, entering: Shape) -> dict[str, int]:
    left, sizes = entering.size, {}
    for axis in AXES[random.randint(0, 3)]:
        sizes[axis] = random.choice([size for size in range(1, 11) if left % size == 0])
        left //= sizes[axis]
    return {**sizes, "channels": left}


def _value(random: Random, kind: Kind, rank: int) -> Any:
    """Values that a spec may give to one field of a layer over `rank` axes."""
    low = int(kind.low or 0)

    def small(more: int) -> int:
        return low + min(random.randint(0, more), random.randint(0, more))

    match kind.name:
        case "integer":
            return small(5) if random.random() < 0.5 else random.choice((2, 4, 6, 8))
        case "per axis":
            return small(3) if not rank or random.random() < 0.6 else [small(3) for _ in range(rank)]
        case "factor per axis":
            choices = (1, 2, 2, 3, 1.5, 1.25, 2.7) if low else (0.5, 0.5, 0.3, 0.75, 1.5, 2)
            if rank and random.random() < 0.4:
                return [random.choice(choices) for _ in range(rank)]
            return random.choice(choices)
        case "padding":
            if kind.choices and random.random() < 0.5:
                return random.choice(kind.choices)
            if rank and random.random() < 0.3:
                return {side: small(2) for side in SIDES[6 - 2 * rank :] if random.random() < 0.6} or 1
            return small(3) if random.random() < 0.7 else [small(3) for _ in range(max(1, rank))]
        case "number":
            bounds = [bound for bound in (kind.low, kind.high) if bound is not None]
            return random.choice([*bounds, 0.25 if kind.low != 1 else 1.5, 1.0])
        case "flag":
            return random.random() < 0.5
        case "choice":
            return random.choice(kind.choices)
        case "axes":
            here = ["channels", *AXES[rank]]
            if random.random() < 0.3:
                return "positions"
            return (
                random.sample(here, random.randint(1, len(here)))
                if random.random() < 0.4
                else random.choice(here)
            )
        case "order":
            return list(kind.choices[: rank + 1])
        case "standardization":
            return random.choice((True, False, {"gain": True}, {"gain": True, "gamma": 1.5}, {"eps": 0.01}))
    raise AssertionError(f"no values for fields of kind {kind.name}")
