"""Tensors that code computes from parameters alone: layers without a batch, such as `relu` of a learned weight.

Each of its numbers is computed by itself, and the result is combined with a value of the network. So the parameters lie
along the axes of that value, as PyTorch's broadcasting says, and so does every result on the way.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cnncalc.layers import layer_type
from cnncalc.pytorch.capture import mapping
from cnncalc.pytorch.capture.learned import aligned, learned, order_of
from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.recording import Ref
from cnncalc.pytorch.capture.values import Own, Value, size_of

if TYPE_CHECKING:
    from cnncalc.pytorch.capture.drafting import Drafting


def computed_layers(drafting: "Drafting", own: Own, value: Value) -> Value:
    """A tensor of the model as layers, for a value that it is combined with. Raises `Unmapped` for other functions."""
    # One number is the same for all that read it; other tensors lie along axes.
    lie = () if own.size == 1 else tuple((value.axis(dim), size) for dim, size in enumerate(value.shape))
    key = (own.number, lie)
    if key not in drafting.computed:
        before = drafting.scopes, drafting.place, drafting.number
        try:
            drafting.computed[key] = _layers(drafting, own, value)
        finally:
            drafting.scopes, drafting.place, drafting.number = before
    return drafting.computed[key]


def _layers(drafting: "Drafting", own: Own, value: Value) -> Value:
    if own.plain is not None and own.learned:
        _, sizes = aligned(drafting, value, own)
        if sizes is None:
            raise Unmapped("an operand is larger than the operand that depends on the input")
        return learned(drafting, own, sizes, value.rank, order_of(value, own))
    call = drafting.evaluating.call_of(own.number)
    known = None if call is None else mapping.known(call.name)
    if call is None or known is None or known.views or not own.learned:
        raise Unmapped(f"an operand is computed by {own.function}")
    drafting.scopes, drafting.place = call.scopes, call.place

    def given(item: Any) -> Any:
        if not isinstance(item, Ref):
            return item
        tensor = drafting.own(drafting.tensor(item))
        return computed_layers(drafting, tensor, value)

    arguments = [given(item) for item in call.arguments]
    keywords = {name: given(item) for name, item in call.keywords.items()}
    known.check(arguments, keywords)
    result = known.map(drafting, *arguments, **keywords)
    _, sizes = aligned(drafting, value, own)
    if (
        not isinstance(result, Value)
        or layer_type(drafting.by_node[result.node].type).without_batch != "all"
        or sizes is None
        or _long(map(size_of, result.axes[1:])) != _long(sizes)
    ):
        raise Unmapped(f"an operand is computed by {own.function}")
    return result


def _long(sizes: Iterable[int]) -> list[int]:
    return [size for size in sizes if size > 1]
