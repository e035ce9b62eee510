"""The construction of the modules of a layer."""

from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.exporters.torch_source.base import NotAChain
from cnncalc.exporters.torch_source.calls import ENTERING, FIELDS, LEAVING, plain, signature
from cnncalc.exporters.torch_source.choosing import Unexpressible, chosen, holds
from cnncalc.exporters.torch_source.expressing import Expressing
from cnncalc.exporters.torch_source.expression import Expr, const, name
from cnncalc.exporters.torch_source.functions import is_module
from cnncalc.exporters.torch_source.parts import IfPart, Instance, ModulePart, Part
from cnncalc.graph import Node
from cnncalc.layers import TorchCall
from cnncalc.spec import LayerItem


class Modules(Expressing):
    """Writes the modules of layers."""

    def _layer(
        self, item: LayerItem, instances: Sequence[Instance], channels: Expr | None
    ) -> tuple[list[Part], Expr | None]:
        """The modules of a layer, and of its norm and act."""
        roles: list[dict[int, Node]] = [{}, {}, {}]
        for position, instance in enumerate(instances):
            assert instance.entry is not None
            for index in range(instance.entry.start, instance.entry.end):
                node = self.graph.nodes[index]
                assert node.fit is not None
                first = index == instance.entry.start
                norm = node.fit.layer.family == "normalisation" and item.norm is not None
                roles[0 if first else 1 if norm else 2][position] = node
        parts: list[Part] = []
        for role, nodes in enumerate(roles):
            if not nodes:
                continue
            there = [instances[position] for position in nodes]
            layer_parts, leaving = self._node(item, list(nodes.values()), there, channels, main=role == 0)
            if len(nodes) < len(instances):
                flags = [position in nodes for position in range(len(instances))]
                word = "norm" if role == 1 else "act"
                condition = self.condition(flags, instances, word)
                parts.append(IfPart(condition, list(layer_parts), {id(where): where for where in there}))
            else:
                parts += layer_parts
            channels = leaving
        return parts, channels

    def _node(
        self,
        item: LayerItem,
        nodes: list[Node],
        instances: Sequence[Instance],
        channels: Expr | None,
        *,
        main: bool,
    ) -> tuple[list[ModulePart], Expr | None]:
        """The modules of one layer, in all places."""
        calls = [self.network.calls[node.index] for node in nodes]
        if len({len(call) for call in calls}) != 1 or not calls[0]:
            raise Unexpressible("calls")
        if any(not is_module(step) for call in calls for step in call) or any(
            node.fit is not None and (node.fit.layer.returns_indices or len(node.inputs) != 1)
            for node in nodes
        ):
            raise NotAChain
        givens = item.call.computed if main else {}
        first = instances[0].entry
        if main and item.first is not None and first is not None and first.repetition == 0:
            givens = item.first.call.computed
        hints = self.hints_of(givens, instances, channels)
        parts, leaving = [], None
        for number in range(len(calls[0])):
            entering = channels
            if calls[0][number].target == "nn.Linear":
                entering = self.flattened(nodes, channels) or channels
            part, out = self.module([call[number] for call in calls], instances, hints, entering)
            part.leaves = {
                id(instance): (node.index, number) for instance, node in zip(instances, nodes, strict=True)
            }
            parts.append(part)
            leaving = out or leaving
        return parts, self._leaving(nodes, instances, channels, leaving, hints)

    def _leaving(
        self,
        nodes: Sequence[Node],
        instances: Sequence[Instance],
        channels: Expr | None,
        known: Expr | None,
        hints: Mapping[str, list[Expr]],
    ) -> Expr | None:
        """The channels that leave nodes, as an expression."""
        values = [node.shape.channels for node in nodes if node.shape is not None]
        likely = [expr for expr in (known, channels, self.flattened(nodes, channels)) if expr is not None]
        for expr in likely:
            if holds(expr, values, instances):
                return expr
        more = [expr for exprs in hints.values() for expr in exprs]
        return chosen(values, instances, (), [*more, *likely, *map(name, instances[0].names)])

    def flattened(self, nodes: Sequence[Node], channels: Expr | None) -> Expr | None:
        """The features of a flattened volume: `512 * 7 * 7`."""
        shapes = {node.fit.inputs[0].spatial for node in nodes if node.fit is not None and node.fit.inputs}
        if channels is None or len(shapes) != 1:
            return None
        expr = channels
        for size in shapes.pop():
            expr = Expr("*", (expr, const(size)))
        return expr if expr is not channels and expr.parts[1].value != 1 else None

    def module(
        self,
        calls: Sequence[TorchCall],
        instances: Sequence[Instance],
        hints: Mapping[str, list[Expr]],
        channels: Expr | None,
    ) -> tuple[ModulePart, Expr | None]:
        """The construction of one module in all places, and the channels that it is given as those that leave it."""
        targets = [self.network.target(call) for call in calls]
        wrappers = {call.parametrization for call in calls}
        if len(wrappers) != 1:
            raise Unexpressible("parametrization")
        target = self.express(targets, instances, self._word_of_target(instances))
        written = [plain(call.target, call.arguments) for call in calls]
        defaults = [signature(call.target).defaults for call in calls]
        positional = signature(calls[0].target).positional
        if len(set(targets)) > 1:
            positional = ()
            if len({given.get("inplace") for given in written}) > 1:
                # What one of several kinds lacks is left to each.
                written = [
                    {key: value for key, value in given.items() if key != "inplace"} for given in written
                ]
        keys = list(dict.fromkeys(key for given in written for key in given))
        arguments: list[tuple[str | None, Expr]] = []
        leaving: Expr | None = None
        exprs: dict[str, Expr] = {}
        in_order = True
        for key in [*positional, *(key for key in keys if key not in positional)]:
            if key not in keys:
                in_order = False
                continue
            if any(key not in given for given in written):
                values = [
                    given.get(key, known.get(key)) for given, known in zip(written, defaults, strict=True)
                ]
            else:
                values = [given[key] for given in written]
            if key not in positional and all(
                key in known and _is_default(known[key], value)
                for known, value in zip(defaults, values, strict=True)
            ):
                continue
            expr = self._argument(key, values, instances, hints, channels, exprs)
            exprs[key] = expr
            if key in LEAVING:
                leaving = expr
            arguments.append((None if key in positional and in_order else key, expr))
        wrapper = wrappers.pop()
        part = ModulePart(target, arguments, wrapper=f"parametrizations.{wrapper}" if wrapper else "")
        return part, leaving

    def _word_of_target(self, instances: Sequence[Instance]) -> str:
        entry = instances[0].entry
        item: Any = entry.item if entry is not None else None
        sugar = getattr(item, "act", None)
        computed = getattr(sugar, "computed", None)
        words = sorted(computed.words) if computed is not None else []
        return words[0] if words else "act"

    def _argument(
        self,
        key: str,
        values: Sequence[Any],
        instances: Sequence[Instance],
        hints: Mapping[str, list[Expr]],
        channels: Expr | None,
        others: Mapping[str, Expr],
    ) -> Expr:
        likely = [expr for field in FIELDS.get(key, (key,)) for expr in hints.get(field, ())]
        likely += hints.get(key, [])
        if key in ENTERING and channels is not None:
            likely.append(channels)
        if key in LEAVING and channels is not None and not likely:
            # A depthwise convolution has as many channels as enter it.
            likely.append(channels)
        if key == "groups" and channels is not None and values[0] != 1:
            likely.append(channels)
        more = [expr for exprs in hints.values() for expr in exprs]
        if key == "padding":
            more += _paddings(others)
        return self.express(values, instances, key, likely, more)


def _is_default(default: Any, value: Any) -> bool:
    """Whether PyTorch does the same with both: 1 and 1.0 are one number, but true is not 1."""
    return bool(default == value) and isinstance(default, bool) == isinstance(value, bool)


def _paddings(others: Mapping[str, Expr]) -> list[Expr]:
    """What a padding may be that keeps the size."""
    paddings = []
    if (kernel := others.get("kernel_size")) is not None and kernel.kind == "name":
        paddings.append(Expr("//", (kernel, const(2))))
        if (dilation := others.get("dilation")) is not None:
            paddings.append(Expr("*", (dilation, Expr("//", (kernel, const(2))))))
    if (dilation := others.get("dilation")) is not None:
        paddings.append(dilation)
    return paddings
