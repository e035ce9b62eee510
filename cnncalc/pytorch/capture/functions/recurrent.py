"""Recurrent layers over rows of positions."""

from typing import Any

from cnncalc.pytorch.capture.drafting import Drafting, Tensor
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.values import Own, Value, group


def _recurrent(
    drafting: Drafting,
    type: str,
    input: Any,
    flat_weights: Any,
    has_biases: bool,
    num_layers: int,
    dropout: float,
    bidirectional: bool,
    batch_first: bool,
    **fields: Any,
) -> Value:
    value = drafting.value(input)
    if len(value.dims) != 3:
        raise Unmapped("its input has no batch")
    if not batch_first:
        length, images, channels = value.dims
        value = Value(value.node, value.axes, (images, length, channels))
    value = drafting.channels_at(value, -1)
    own = [drafting.weight(weight) for weight in flat_weights]
    names = _names(num_layers, bidirectional=bidirectional, biased=has_biases)
    if len(own) != len(names):
        raise Unmapped("its states have another size than its cells")
    hidden = own[1].shape[1]
    width = group(hidden * (2 if bidirectional else 1))
    dims = (value.dims[0], value.dims[1], width)
    return drafting.emit(
        type,
        [value],
        (value.axes[0], width, *value.axes[2:]),
        dims if batch_first else (dims[1], dims[0], dims[2]),
        hidden=hidden,
        layers=None if num_layers == 1 else num_layers,
        bidirectional=True if bidirectional else None,
        bias=None if has_biases else False,
        dropout=float(dropout) if dropout and drafting.training else None,
        weights=dict(zip(names, own, strict=True)),
        **fields,
    )


def _names(layers: int, *, bidirectional: bool, biased: bool) -> list[str]:
    """PyTorch's names of the parameters, in its order."""
    ends = ("", "_reverse") if bidirectional else ("",)
    kinds = ("weight_ih", "weight_hh", *(("bias_ih", "bias_hh") if biased else ()))
    return [f"{kind}_l{layer}{end}" for layer in range(layers) for end in ends for kind in kinds]


def _starts_at_zero(states: Any) -> None:
    given = states if isinstance(states, list) else [states]
    if not all(
        isinstance(state, Own) and state.function in ("zeros", "new_zeros", "zeros_like") for state in given
    ):
        raise Unmapped("its first state is no zero")


@maps("lstm")
def lstm(
    drafting: Drafting,
    input: Any,
    hx: Any,
    params: Any,
    has_biases: bool,
    num_layers: int,
    dropout: float,
    train: bool,
    bidirectional: bool,
    batch_first: bool = False,
) -> list[Tensor | None]:
    _starts_at_zero(hx)
    result = _recurrent(
        drafting, "lstm", input, params, has_biases, num_layers, dropout, bidirectional, batch_first
    )
    return [result, None, None]


def _with_one_state(function: str, type: str, **fields: Any) -> None:
    @maps(function)
    def recurrent(
        drafting: Drafting,
        input: Any,
        hx: Any,
        params: Any,
        has_biases: bool,
        num_layers: int,
        dropout: float,
        train: bool,
        bidirectional: bool,
        batch_first: bool = False,
    ) -> list[Tensor | None]:
        _starts_at_zero(hx)
        result = _recurrent(
            drafting,
            type,
            input,
            params,
            has_biases,
            num_layers,
            dropout,
            bidirectional,
            batch_first,
            **fields,
        )
        return [result, None]


_with_one_state("gru", "gru")
_with_one_state("rnn_tanh", "rnn")
_with_one_state("rnn_relu", "rnn", nonlinearity="relu")
