"""From a recording to a draft: which tensor is which node, and which of its dimensions is which axis."""

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

from cnncalc.pytorch.capture import mapping
from cnncalc.pytorch.capture.evaluating import READ_ONLY_SHAPES
from cnncalc.pytorch.capture.live import dependent, live
from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.operands import Operands
from cnncalc.pytorch.capture.readers import Readers
from cnncalc.pytorch.capture.recording import READS_VALUES, Call, ModuleCall, Ref
from cnncalc.pytorch.capture.values import Own, Pending, Value, group
from cnncalc.pytorch.capture.views import Seen, Tensor, own_of, with_view


class Drafting(Operands):
    """Makes the nodes of a draft, call by call. Mappings emit nodes through it."""

    # Whether an error in a mapping is raised (in tests), or makes the operation unknown.
    strict = False
    readers: Readers
    # The number of the first tensor that the present call gives.
    number = -1

    def run(self) -> None:
        """Drafts all calls that lead to an output."""
        for name, ref in self.recording.inputs.items():
            axes = tuple(map(group, ref.shape)) if len(ref.shape) > 1 else (group(ref.shape[0]), ())
            self.batch = ref.shape[0]
            self._tensors[ref.number] = Value(name, axes, axes[: len(ref.shape)])
        for number, stored in self.recording.owned.items():
            axes = tuple(map(group, stored.shape))
            self._tensors[number] = Own(
                stored.shape,
                (stored.name,),
                stored.learned,
                stored.name,
                stored.shape,
                axes,
                axes,
                number=number,
            )
        calls, self._wanted = live(self.recording)
        self.readers = Readers(self.recording, calls)
        inputs = dependent(self.recording)
        for call in self.recording.calls:
            if call.short in READS_VALUES and any(ref.number in inputs for ref in call.reads):
                self.notes.value_read(call)
        skip_to = 0
        self._last_use = {
            ref.number: index for index, call in enumerate(self.recording.calls) for ref in call.reads
        }
        modules = {
            call.start: call
            for call in reversed(self.recording.modules)
            if call.stop > call.start and mapping.module(call.module)
        }
        for index, call in enumerate(self.recording.calls):
            if index < skip_to:
                continue
            if index in modules and self._module(modules[index]):
                skip_to = modules[index].stop
                continue
            if index in calls:
                self._call(call)

    def _module(self, module: ModuleCall) -> bool:
        """A whole module as one layer; false if its calls must be drafted."""
        known = mapping.module(module.module)
        if known is None or not self._is_closed(module):
            return False
        inside = self.recording.calls[module.start]
        depth = len(inside.scopes)
        self.scopes = next(
            (inside.scopes[: index + 1] for index in range(depth) if inside.scopes[index] is module.scope), ()
        )
        self.place = inside.place
        before = self._state()
        try:
            result = known.map(self, module, *self._given(list(module.inputs)))
        except Unmapped:
            self._restore(before)
            return False
        if not isinstance(result, Value) or result.shape != module.outputs.shape:
            self._restore(before)
            return False
        self._tensors[module.outputs.number] = result
        return True

    def _is_closed(self, module: ModuleCall) -> bool:
        """Whether only the output of a module's call is read after it."""
        if not isinstance(module.outputs, Ref):
            return False
        computed_by = {
            ref.number
            for call in self.recording.calls[module.start : module.stop]
            for ref in call.outputs
            if ref is not None
        } - {module.outputs.number}
        return not any(self._last_use.get(number, -1) >= module.stop for number in computed_by)

    def _call(self, call: Call) -> None:
        self.scopes, self.place = call.scopes, call.place
        self.number = next((ref.number for ref in call.outputs if ref is not None), -1)
        operands = [self.tensor(ref) for ref in call.reads]
        if call.short in READ_ONLY_SHAPES:
            operands = []
        if all(isinstance(tensor, Own) for tensor in operands):
            self._own_call(call, [tensor for tensor in operands if isinstance(tensor, Own)])
            return
        if all(ref is None or not prod(ref.shape) for ref in call.outputs):
            # No values at all: they depend on nothing.
            for ref in call.outputs:
                if ref is not None:
                    self._tensors[ref.number] = own_of(ref.shape, (), function=call.short, number=ref.number)
            return
        known = mapping.known(call.name)
        if known is None or not known.pending:
            operands = [self.settled(tensor) for tensor in operands]
        before = self._state()
        try:
            results = self._mapped(call, known)
        except Unmapped as reason:
            self._restore(before)
            results = self._unknown(call, [self.settled(tensor) for tensor in operands], str(reason))
        for ref, result in zip(call.outputs, results, strict=True):
            if ref is not None and ref.number in self._wanted:
                self._tensors[ref.number] = result

    def _mapped(self, call: Call, known: mapping.Known | None) -> "list[Tensor]":
        if known is None:
            raise Unmapped("")
        arguments, keywords = self._given([call.arguments, call.keywords], settle=not known.pending)
        known.check(arguments, keywords)
        try:
            results = known.map(self, *arguments, **keywords)
        except (
            ArithmeticError,
            AssertionError,
            AttributeError,
            LookupError,
            RuntimeError,
            TypeError,
            ValueError,
        ) as error:
            # Arguments that no mapping expects: the operation is unknown, which is never wrong.
            if self.strict:
                raise
            raise Unmapped(f"called with other arguments ({type(error).__name__}: {error})") from error
        return self._checked(call, results)

    def _checked(self, call: Call, results: Any) -> "list[Tensor]":
        """The results of a mapping, which must have the shapes that PyTorch gave."""
        collected = list(results) if isinstance(results, list | tuple) else [results]
        if not call.several:
            collected = collected[:1]
        if len(collected) < len(call.outputs):
            collected += [None] * (len(call.outputs) - len(collected))
        for ref, result in zip(call.outputs, collected, strict=True):
            if ref is None:
                continue
            if result is None:
                if ref.number in self._wanted:
                    raise Unmapped("one of its results has no layer")
                continue
            if result.shape != ref.shape:
                raise Unmapped(f"the layer would give {list(result.shape)}, and not {list(ref.shape)}")
        return collected

    def _own_call(self, call: Call, operands: Sequence[Own]) -> None:
        """A call that reads no value of the network: a view of a parameter, or an expression."""
        names = tuple(dict.fromkeys(name for tensor in operands for name in tensor.names))
        learned = any(tensor.learned for tensor in operands)
        views = self._view(call)
        for index, ref in enumerate(call.outputs):
            if ref is None:
                continue
            view = views[index] if views is not None else None
            if isinstance(view, Own) and view.shape == ref.shape:
                self._tensors[ref.number] = replace(view, number=ref.number)
                continue
            foreign = next((tensor.foreign for tensor in operands if tensor.foreign), "")
            self._tensors[ref.number] = own_of(
                ref.shape,
                names,
                learned,
                function=call.short,
                arguments=self._arguments(call),
                foreign=foreign,
                number=ref.number,
            )

    def _view(self, call: Call) -> "list[Tensor] | None":
        """The result of a call of a function that only views its operand; None if it is another one."""
        known = mapping.known(call.name)
        if known is None or not known.views:
            return None
        try:
            return self._mapped(call, known)
        except Unmapped:
            return None

    def settled(self, tensor: Any) -> Any:
        """A tensor; for one that is pending, the layers that make it."""
        if not isinstance(tensor, Pending):
            return tensor
        if tensor not in self._settled:
            scopes, place = self.scopes, self.place
            self.scopes, self.place = tensor.scopes, tensor.place
            self._settled[tensor] = tensor.settle(self)
            self.scopes, self.place = scopes, place
        return self._settled[tensor]


__all__ = ["Drafting", "Seen", "Tensor", "with_view"]
