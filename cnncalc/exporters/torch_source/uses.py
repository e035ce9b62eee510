"""Uses of blocks: their construction, and calls of those with several inputs or outputs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnncalc.exporters.torch_source.base import Made, NotAChain
from cnncalc.exporters.torch_source.blocks import given_arguments
from cnncalc.exporters.torch_source.chains import Chains
from cnncalc.exporters.torch_source.choosing import Unexpressible, same
from cnncalc.exporters.torch_source.expression import Expr, Reference, const, name
from cnncalc.exporters.torch_source.flow import Attribute, Operation, Value
from cnncalc.exporters.torch_source.parts import Instance, ModulePart
from cnncalc.exporters.torch_source.trace import Entry
from cnncalc.spec import BlockItem

if TYPE_CHECKING:
    from cnncalc.exporters.torch_source.writer import ClassWriter


class Uses(Chains):
    """Writes uses of blocks."""

    def use(
        self, item: BlockItem, instances: Sequence[Instance], channels: Expr | None
    ) -> tuple[ModulePart, Expr | None]:
        """The construction of a block in all places. Raises `NotAChain` if it has several inputs or outputs."""
        entries = [instance.entry for instance in instances if instance.entry is not None]
        writers = {id(self.network.writer_of(entry)): self.network.writer_of(entry) for entry in entries}
        if len(writers) != 1:
            raise Unexpressible(item.block)
        (writer,) = writers.values()
        if len(writer.inputs) != 1 or len(writer.outputs) != 1:
            raise NotAChain
        return self.construct(item.block, writer, entries, instances, channels)

    def construct(
        self,
        word: str,
        writer: "ClassWriter",
        entries: Sequence[Entry],
        instances: Sequence[Instance],
        channels: Expr | None,
    ) -> tuple[ModulePart, Expr | None]:
        """The call of a class's constructor, and the channels that leave its first output."""
        numbers = [self.network.number_of(entry) for entry in entries]
        arguments: list[tuple[str | None, Expr]] = []
        by_name: dict[str, Expr] = {}
        givens = [given_arguments(entry) if isinstance(entry.item, BlockItem) else {} for entry in entries]
        for position, (key, parameter) in enumerate(writer.signature()):
            values = [parameter.values[number] for number in numbers]
            default = parameter.default
            if key == "channels":
                likely = [channels] if channels is not None else []
            else:
                given = givens[0].get(parameter.of or "")
                likely = (
                    [] if given is None else self.names.translations(given, self._more(instances, channels))
                )
                likely += [name(key)] if key in instances[0].names and parameter.of is None else []
            expr = self.express(values, instances, key, likely)
            by_name[key] = expr
            if default is not None and all(same(default.evaluate({}), value) for value in values):
                continue
            arguments.append((None if position < 2 and default is None else key, expr))
        part = ModulePart(const(Reference(writer.title)), arguments)
        part.leaves = {id(instance): entry for instance, entry in zip(instances, entries, strict=True)}
        leaving = writer.outputs[0].channels
        nodes = [self.graph.nodes[self._last(entry)] for entry in entries]
        for key, local in writer.names.locals.items():
            by_name[key] = local.replaced(by_name)
        outside = leaving.replaced(by_name) if leaving is not None else None
        if outside is not None and not outside.names <= set(instances[0].names):
            outside = None
        return part, self._leaving(nodes, instances, channels, outside, {})

    def _module_step(self, part: ModulePart, operands: list[Value], results: list[Value], title: str) -> None:
        self.flush()
        attribute = self._shared([part])
        if attribute is None:
            word = title or self.context_single or self.network.attribute_word(part)
            attribute = Attribute(word, exact=bool(title))
            self.made.append(Made(attribute, [part]))
        called = attribute
        self.operations.append(
            Operation(
                lambda texts: f"self.{called.name}({', '.join(texts)})",
                operands,
                results,
                binds=False,
                module=True,
                attributes=[attribute],
                comment=self._comment(results[0]),
            )
        )
        self.values += results

    def _block_step(self, item: BlockItem, instances: list[Instance], entries: list[Entry]) -> Value:
        """A block with several inputs or outputs."""
        self.flush()
        writers = {id(self.network.writer_of(entry)): self.network.writer_of(entry) for entry in entries}
        if len(writers) != 1:
            raise Unexpressible(item.block)
        (writer,) = writers.values()
        numbers = [self.network.number_of(entry) for entry in entries]
        operands = [
            self.value_of(tuple(given.tokens[number] for number in numbers)) for given in writer.inputs
        ]
        channels = None
        if entries[0].entering is not None and all(entry.entering is not None for entry in entries):
            tokens = tuple(entry.entering for entry in entries)
            channels = next(
                (value.channels for value in reversed(self.values) if value.tokens == tokens), None
            )
        part, leaving = self.construct(item.block, writer, entries, instances, channels)
        for instance, entry in zip(self.instances, entries, strict=True):
            part.leaves[id(instance)] = entry
        results = [
            Value(tuple(given.tokens[number] for number in numbers), None, given.name)
            for given in writer.outputs
        ]
        results[0].channels = leaving
        if item.controls.name is not None and not results[0].name:
            results[0].name = item.controls.name.text
        title = self._title(item)
        self._module_step(part, operands, results, title)
        last = tuple(self._last(entry) for entry in entries)
        return next(value for value in results if value.tokens == last)
