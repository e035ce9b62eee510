"""Residuals and merges: their branches, and the step that joins them."""

from cnncalc.exporters.torch_source.choosing import Unexpressible
from cnncalc.exporters.torch_source.expression import Expr, const, name
from cnncalc.exporters.torch_source.flow import Attribute, Operation, Token, Value
from cnncalc.exporters.torch_source.parts import IfPart, Instance, Part, copy_leaves
from cnncalc.exporters.torch_source.stepping import Stepping
from cnncalc.exporters.torch_source.trace import Entry, Listed
from cnncalc.spec import Item, MergeItem, ResidualItem


class Residuals(Stepping):
    """Writes residuals and merges."""

    def _residual(self, item: ResidualItem, entries: list[Entry]) -> Value:
        source = self.at(entries)
        if self.chain is not None:
            self.flush()
        body = self._branch(item.body, [entry.lists[0] for entry in entries], source, "body")
        self.body_channels = body.channels
        own = [list(entry.own) for entry in entries]
        sums = [bool(mine) for mine in own]
        if not any(sums):
            return body
        side = source
        if isinstance(item.shortcut, tuple):
            side = self._branch(item.shortcut, [entry.lists[1] for entry in entries], source, "shortcut")
        elif any(len(mine) > 1 for mine in own):
            side = self._projection(own, source)
        tokens = tuple(self._last(entry) for entry in entries)
        result = Value(tokens, body.channels or source.channels)
        if all(sums):
            self.flush()
            nodes = [self.graph.nodes[mine[-1]] for mine in own]
            if [self.value_of(tuple(node.reads[k] for node in nodes)) for k in (0, 1)] != [body, side]:
                raise Unexpressible("residual")
            self.operations.append(
                Operation(lambda texts: f"{texts[0]} + {texts[1]}", [body, side], [result])
            )
        else:
            instances = [instance.at(entry) for instance, entry in zip(self.instances, entries, strict=True)]
            hints = [Expr("==", (expr, other)) for expr, other in self._pairs(source, body)]
            more = [name(key) for key in instances[0].names if key == "stride"]
            hints = [
                Expr("and", (Expr("==", (stride, const(1))), hint)) for stride in more for hint in hints
            ] + hints
            condition = self.condition(sums, instances, "residual", hints)
            flag = Attribute("residual")
            self.flags.append((flag, condition))
            self.flush()
            self.operations.append(
                Operation(
                    lambda texts: f"{texts[0]} + {texts[1]} if self.{flag.name} else {texts[0]}",
                    [body, side],
                    [result],
                    repeats=True,
                    attributes=[flag],
                )
            )
        self.values.append(result)
        return result

    def _pairs(self, source: Value, body: Value) -> list[tuple[Expr, Expr]]:
        if source.channels is None or body.channels is None:
            return []
        return [(source.channels, body.channels)]

    def _branch(self, items: tuple[Item, ...], lists: list[Listed], source: Value, word: str) -> Value:
        """A branch: what it gives is a value, and its modules have a name that says where they are."""
        self.flush()
        was, self.context = self.context, word
        was_single, self.context_single = self.context_single, ""
        result = self.items(items, lists, source)
        self.flush()
        self.context, self.context_single = was, was_single
        tokens = tuple(token if token is not None else -1 for token in (listed.last for listed in lists))
        if result.tokens != tokens:
            result = self.value_of(tokens)
        return result

    def _projection(self, own: list[list[int]], source: Value) -> Value:
        """The projection of a shortcut, where there is one."""
        instances = [
            instance.at(self.network.entry_at(mine[-1]))
            for instance, mine in zip(self.instances, own, strict=True)
        ]
        there = [instance for instance, mine in zip(instances, own, strict=True) if len(mine) > 1]
        nodes = [[self.graph.nodes[index] for index in mine[:-1]] for mine in own if len(mine) > 1]
        if len({len(mine) for mine in nodes}) != 1:
            raise Unexpressible("projection")
        parts: list[Part] = []
        channels = source.channels
        for position in range(len(nodes[0])):
            these = [mine[position] for mine in nodes]
            calls = [self.network.calls[node.index] for node in these]
            if len({len(call) for call in calls}) != 1:
                raise Unexpressible("projection")
            for number in range(len(calls[0])):
                likely = {"filters": [expr for expr in (self.body_channels,) if expr is not None]}
                part, out = self.module([call[number] for call in calls], there, likely, channels)
                part.leaves = {
                    id(mine): (node.index, number) for mine, node in zip(there, these, strict=True)
                }
                parts.append(part)
                channels = out or channels
        tokens: tuple[Token, ...] = tuple(
            mine[-2] if len(mine) > 1 else token for mine, token in zip(own, source.tokens, strict=True)
        )
        if len(there) < len(instances):
            flags = [len(mine) > 1 for mine in own]
            condition = self.condition(flags, instances, "project", self._project_hints(source))
            inner = {
                id(instance): mine
                for instance, mine in zip(self.instances, instances, strict=True)
                if mine in there
            }
            parts = [IfPart(condition, parts, inner)]
        else:
            for instance, mine in zip(self.instances, instances, strict=True):
                copy_leaves(parts, mine, instance)
        self.flush()
        was, self.context = self.context, "shortcut"
        result = self.append(parts, source, Value(tokens, channels), "shortcut")
        self.flush()
        self.context = was
        return result

    def _project_hints(self, source: Value) -> list[Expr]:
        hints: list[Expr] = []
        if source.channels is not None and self.body_channels is not None:
            differ = Expr("!=", (source.channels, self.body_channels))
            strides = [
                Expr("!=", (name(key), const(1))) for key in self.instances[0].names if key == "stride"
            ]
            hints += [Expr("or", (stride, differ)) for stride in strides]
            hints.append(differ)
        return hints

    def _merge(self, item: MergeItem, instances: list[Instance], entries: list[Entry]) -> Value:
        """A merge: its branches, and the layer that joins them."""
        self.at(entries)
        self.flush()
        branches = [operand.branch for operand in item.operands if operand.branch is not None]
        full = [branch for branch in branches if branch]
        number = 0
        for position, branch in enumerate(branches):
            lists = [entry.lists[position] for entry in entries]
            if not branch or all(not listed.entries for listed in lists):
                continue
            number += 1
            word = "branch" if len(full) == 1 else f"branch{number}"
            source = self.value_of_or_none(tuple(listed.entering for listed in lists))
            self._branch(branch, lists, source, word)
        nodes = [self.graph.nodes[list(entry.own)[-1]] for entry in entries]
        return self.node_steps(nodes, instances, item.call.computed, self._title(item))
