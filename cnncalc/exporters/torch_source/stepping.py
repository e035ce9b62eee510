"""Layers that are no chain, as steps of the forward: merges, functions, layers with several inputs."""

from collections.abc import Mapping, Sequence

from cnncalc.exporters.torch_source.choosing import Unexpressible, holds
from cnncalc.exporters.torch_source.expression import Expr
from cnncalc.exporters.torch_source.flow import Attribute, Operation, Value
from cnncalc.exporters.torch_source.functions import function, is_module, operator_like
from cnncalc.exporters.torch_source.parts import Instance
from cnncalc.exporters.torch_source.trace import Entry
from cnncalc.exporters.torch_source.turns import Turns
from cnncalc.graph import Node
from cnncalc.layers import TorchCall
from cnncalc.spec import LayerItem, ValueExpr

# What the number of an operator is called where it is an attribute.
NUMBER_WORDS = {
    "add": "offset",
    "sub": "offset",
    "mul": "factor",
    "div": "divisor",
    "truediv": "divisor",
    "pow": "exponent",
}


class Stepping(Turns):
    """Writes the calls of layers as steps."""

    def _layer_steps(self, item: LayerItem, instances: list[Instance], entries: list[Entry]) -> Value:
        """A layer, and its norm and act, one step for each call."""
        self.flush()
        counts = {entry.end - entry.start for entry in entries}
        if len(counts) != 1:
            raise Unexpressible("norm and act")
        value: Value | None = None
        for offset in range(counts.pop()):
            nodes = [self.graph.nodes[entry.start + offset] for entry in entries]
            value = self.node_steps(
                nodes, instances, item.call.computed if not offset else {}, self._title(item)
            )
        assert value is not None
        return value

    def node_steps(
        self, nodes: list[Node], instances: list[Instance], givens: Mapping[str, ValueExpr], title: str = ""
    ) -> Value:
        """The calls of one layer in every use, as steps."""
        operands = self.operands(nodes)
        calls = [self.network.calls[node.index] for node in nodes]
        if len({len(call) for call in calls}) != 1 or not calls[0]:
            raise Unexpressible("calls")
        channels = operands[0].channels if operands else None
        hints = self.hints_of(givens, instances, channels)
        known: Expr | None = None
        results: list[Value] = []
        for number in range(len(calls[0])):
            final = number == len(calls[0]) - 1
            step = [call[number] for call in calls]
            if final:
                results = [Value(tuple(node.index for node in nodes), None, title)]
                if nodes[0].fit is not None and nodes[0].fit.layer.returns_indices:
                    results.append(Value(tuple((node.index, "indices") for node in nodes), None, "indices"))
            else:
                results = [Value(tuple((node.index, f"call {number}") for node in nodes))]
            if is_module(step[0]):
                part, out = self.module(step, instances, hints, channels)
                part.leaves = {
                    id(mine): (node.index, number) for mine, node in zip(self.instances, nodes, strict=True)
                }
                self._module_step(part, operands, results, title if final else "")
                known = out or known
            else:
                self._function_step(step, instances, hints, operands, results)
            operands = [results[0]]
        results[0].channels = self._leaving(nodes, instances, channels, known, hints)
        if (
            len(nodes[0].inputs) > 1
            and results[0].channels is not None
            and results[0].channels.kind == "const"
        ):
            results[0].channels = self._sum(nodes, instances) or results[0].channels
        return results[0]

    def _sum(self, nodes: list[Node], instances: list[Instance]) -> Expr | None:
        """The channels of all operands together."""
        total: Expr | None = None
        for operand in self.operands(nodes):
            if operand.channels is None:
                return None
            total = operand.channels if total is None else Expr("+", (total, operand.channels))
        values = [node.shape.channels for node in nodes if node.shape is not None]
        return total if total is not None and total.names and holds(total, values, instances) else None

    def _function_step(
        self,
        calls: list[TorchCall],
        instances: list[Instance],
        hints: Mapping[str, list[Expr]],
        operands: list[Value],
        results: list[Value],
    ) -> None:
        call = calls[0]
        alike = all(
            (other.target, other.operands, other.views) == (call.target, call.operands, call.views)
            for other in calls
        )
        if not alike:
            raise Unexpressible(call.target)
        numbers = self._differing_numbers(calls, instances, hints)
        likely = [expr for exprs in hints.values() for expr in exprs]
        arguments = {
            key: self.express(
                [other.arguments[key] for other in calls],
                instances,
                "factor" if key == "other" else key,
                likely,
            )
            for key in call.arguments
        }
        outside = 7 if call.operands == "first" else 0
        kept = {key: self._kept(key, expr) for key, expr in arguments.items() if expr.names}
        plain = {key: expr.text(outside) for key, expr in arguments.items() if key not in kept}
        self.flush()

        def render(texts: Sequence[str]) -> str:
            named = {key: f"self.{flag.name}" for key, flag in kept.items()}
            given = {key: {**plain, **named}[key] for key in arguments}
            if not numbers:
                return function(call, given)(texts)
            # An attribute is an operand like a tensor.
            left = iter(texts)
            joined = [
                f"self.{numbers[place].name}" if place in numbers else next(left)
                for place, number in enumerate(call.numbers)
                if number is None or place in numbers
            ]
            plain_numbers = (None if place in numbers else item for place, item in enumerate(call.numbers))
            return function(call._replace(numbers=tuple(plain_numbers)), given)(joined)

        attributes = [*kept.values(), *numbers.values()]
        self.operations.append(
            Operation(render, operands, results, binds=operator_like(call), attributes=attributes)
        )
        self.values += results

    def _differing_numbers(
        self, calls: list[TorchCall], instances: list[Instance], hints: Mapping[str, list[Expr]]
    ) -> dict[int, Attribute]:
        """Attributes for the numbers of an operator that are not the same in every use, by their places."""
        call = calls[0]
        if all(other.numbers == call.numbers for other in calls):
            return {}
        word = NUMBER_WORDS.get(call.target.rpartition(".")[2])
        places = {tuple(number is None for number in other.numbers) for other in calls}
        if word is None or len(places) != 1 or call.views or not operator_like(call):
            raise Unexpressible(call.target)
        likely = [expr for exprs in hints.values() for expr in exprs]
        result = {}
        for place, numbers in enumerate(zip(*(other.numbers for other in calls), strict=True)):
            if len(set(numbers)) > 1:
                flag = Attribute(word)
                self.flags.append((flag, self.express(numbers, instances, word, likely)))
                result[place] = flag
        return result

    def _kept(self, word: str, expr: Expr) -> Attribute:
        """An attribute for a value that the forward needs and the constructor knows."""
        flag = Attribute("factor" if word == "other" else word)
        self.flags.append((flag, expr))
        return flag
