"""The backward pass of recurrent layers: each scan from its last position to its first, and what autocast casts."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnncalc.vocabulary.allocation import Inputs, Step, Tensor, cast_names, weight_gradients
from cnncalc.vocabulary.call import Call

if TYPE_CHECKING:
    from cnncalc.vocabulary.recurrent import Recurrent


def scans_back(layer: "Recurrent", inputs: Inputs, wanted: tuple[bool, ...]) -> Iterator[Step]:
    """Layer by layer from the last; of each the directions in order: the scan back, the weights, the input."""
    length = inputs[0].positions
    of_gates, temporary = layer.scan_gradients(length)
    previous = Tensor("previous", (length, layer.hidden), batched=True)
    spent = tuple(tensor.name for tensor in of_gates)
    for number, channels in reversed(list(layer.entering(inputs))):
        states = Tensor(f"grad_states_l{number - 1}", (length, channels), batched=True)
        needed = (states,) if number or any(wanted) else ()
        # What the layer after this one made of the gradient of its states is read by both directions.
        read = (f"grad_states_l{number}",) * (number < layer.layers - 1)
        for direction in layer.directions:
            first, second, *biases = weight_gradients(layer.weights_of(number, channels, direction))
            # The second direction adds its part to what the first one made.
            makes = needed if direction == layer.directions[0] else ()
            yield Step((*of_gates, *temporary), tuple(tensor.name for tensor in temporary))
            yield Step((previous, second), (previous.name,))
            yield Step((first, *biases))
            yield Step(makes, (*spent, *read * (direction == layer.directions[-1])))
        if needed and not number:
            yield Step(passes=(("grad0", states.name),))


def casts_back(
    layer: "Recurrent", steps: tuple[Step, ...], inputs: Inputs, wanted: tuple[bool, ...], call: Call
) -> Iterator[Step]:
    """The same under autocast.

    The gradients of biases are cast when the operation has returned, those of casts after it.
    """
    weights = layer.weights(inputs)
    biases = [weight for weight in weights if weight.is_bias]
    names = {bias.name: f"narrow_{bias.name}" for bias in biases}
    narrow = [
        step._replace(makes=tuple(item._replace(name=names.get(item.name, item.name)) for item in step.makes))
        for step in steps
    ]
    passed = [narrow.pop()] if wanted[0] else []
    yield from narrow
    # The operation has returned: nothing refers to the gradient that it was called with.
    yield Step(frees=("grad",))
    for bias in biases:
        yield Step((Tensor(bias.name, bias.shape),), (names[bias.name],))
    cast = tuple(weight for weight in weights if not weight.is_bias)
    kept = (item.name if isinstance(item, Tensor) else item for item in layer.keeps_of(inputs, call))
    yield Step(frees=(*kept, *(f"{weight.name} cast" for weight in cast)), casts=cast_names(cast))
    yield from passed
