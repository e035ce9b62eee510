"""Recurrent layers. As in `modules`, inputs and outputs have channels first."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from cnncalc.pytorch.own.autocasting import as_multiplied
from cnncalc.pytorch.own.scans import (
    GatedRecurrentUnit,
    LongShortTermMemory,
    Plain,
    Scan,
)
from cnncalc.pytorch.reads import OwnModule, along


class _Stack:
    """All layers and directions of a recurrent layer, over rows: (batch * length, channels)."""

    def __init__(
        self,
        scan: Scan,
        layers: int,
        directions: int,
        biases: int,
        length: int,
        dropout: float,
    ) -> None:
        self.scan, self.layers, self.directions = scan, layers, directions
        self.each, self.length, self.dropout = 2 + biases, length, dropout

    def weights(
        self, weights: tuple[Tensor, ...], layer: int, direction: int
    ) -> tuple[Tensor, ...]:
        """Those of one direction of a layer: for the input, for the state, and the biases."""
        first = (layer * self.directions + direction) * self.each
        return weights[first : first + self.each]

    def order(self, direction: int) -> range:
        return range(self.length)[:: -1 if direction else 1]

    def forward(
        self,
        rows: Tensor,
        weights: tuple[Tensor, ...],
        kept: list[Tensor] | None,
        *,
        learns: bool = True,
    ) -> Tensor:
        """The states of the last layer, (batch, length, hidden of all directions).

        What the backward pass needs is appended to `kept`: what each scan keeps, then the states of each layer, and
        with dropout the masks and, if the weights learn, the dropped states of all layers but the last.
        """
        states, all_states, masks, all_dropped = rows, [], [], []
        dropped: Tensor | None = None
        for layer in range(self.layers):
            entering = (states if dropped is None else dropped).view(rows.shape[0], -1)
            hidden = self.weights(weights, layer, 0)[1].shape[1]
            states = rows.new_empty(
                rows.shape[0] // self.length, self.length, self.directions * hidden
            )
            for direction in range(self.directions):
                weight, recurrent, *biases = self.weights(weights, layer, direction)
                of_scan = self.scan.forward(
                    torch.mm(entering, weight.t()).view(*states.shape[:2], -1),
                    recurrent,
                    tuple(biases),
                    states[..., direction * hidden : (direction + 1) * hidden],
                    self.order(direction),
                )
                if kept is not None:
                    kept.extend(of_scan)
                del of_scan
            del entering, dropped
            all_states.append(states)
            dropped = None
            if self.dropout and layer < self.layers - 1:
                masks.append(self._mask(states))
                dropped = states * masks[-1]
                if kept is not None and learns:
                    all_dropped.append(dropped)
            if kept is None:
                all_states.clear()
                masks.clear()
        if kept is not None:
            kept.extend((*all_states, *masks, *all_dropped))
        return states

    def _mask(self, states: Tensor) -> Tensor:
        """What states are multiplied by: 0, or 1/(1 - p)."""
        if self.dropout == 1:
            return states.new_zeros(states.shape)
        return (
            states.new_empty(states.shape)
            .bernoulli_(1 - self.dropout)
            .div_(1 - self.dropout)
        )

    def backward(
        self,
        grad: Tensor,
        rows: Tensor | None,
        weights: tuple[Tensor, ...],
        kept: tuple[Tensor, ...],
        wanted: bool,
    ) -> tuple[Tensor | None, list[Tensor | None]]:
        """The gradients of the rows, and of all weights. `rows`: None if the weights are frozen."""
        of_weights: list[Tensor | None] = [None] * len(weights)
        between = self.layers - 1 if self.dropout else 0
        # Dropped states are kept for the gradients of weights only.
        of_layers = kept[
            len(kept) - self.layers - between * (1 if rows is None else 2) :
        ]
        scans, all_states = kept[: len(kept) - len(of_layers)], of_layers[: self.layers]
        masks, all_dropped = (
            of_layers[self.layers : self.layers + between],
            of_layers[self.layers + between :],
        )
        read = all_dropped or all_states
        number = len(scans) // (self.layers * self.directions)
        entering_grad: Tensor | None = grad
        for layer in reversed(range(self.layers)):
            states = all_states[layer]
            entering = (
                rows
                if not layer
                else read[layer - 1].view(-1, read[layer - 1].shape[2])
            )
            hidden = states.shape[2] // self.directions
            grad, entering_grad = (
                entering_grad if entering_grad is not None else grad,
                None,
            )
            for direction in range(self.directions):
                part = slice(direction * hidden, (direction + 1) * hidden)
                first = (layer * self.directions + direction) * number
                weight, recurrent, *_ = self.weights(weights, layer, direction)
                order = self.order(direction)
                gradients, of_products = (
                    tensor.view(-1, tensor.shape[2])
                    for tensor in self.scan.backward(
                        grad[..., part],
                        recurrent,
                        scans[first : first + number],
                        states[..., part],
                        order,
                    )
                )
                if rows is not None and entering is not None:
                    start = (layer * self.directions + direction) * self.each
                    of_weights[start : start + self.each] = self._of_weights(
                        gradients, of_products, entering, states[..., part], direction
                    )
                if not layer and not wanted:
                    pass
                elif entering_grad is None:
                    entering_grad = torch.mm(gradients, weight)
                else:
                    torch.addmm(entering_grad, gradients, weight, out=entering_grad)
                del gradients, of_products
            if layer and entering_grad is not None:
                entering_grad = entering_grad.view(*states.shape[:2], -1)
                if between:
                    entering_grad.mul_(masks[layer - 1])
        return entering_grad, of_weights

    def _of_weights(
        self,
        gradients: Tensor,
        of_products: Tensor,
        entering: Tensor,
        states: Tensor,
        direction: int,
    ) -> tuple[Tensor, ...]:
        previous = states.new_zeros(states.shape)
        if direction:
            previous[:, :-1] = states[:, 1:]
        else:
            previous[:, 1:] = states[:, :-1]
        of_recurrent = torch.mm(of_products.t(), previous.view(-1, states.shape[2]))
        del previous
        of_weight = torch.mm(gradients.t(), entering)
        if self.each == 2:
            return of_weight, of_recurrent
        return of_weight, of_recurrent, gradients.sum(0), of_products.sum(0)


class _Recurrence(torch.autograd.Function):
    """A stack as one operation: its backward pass allocates what the layer's facts say, in their order."""

    @staticmethod
    def forward(ctx: Any, stack: _Stack, rows: Tensor, *weights: Tensor) -> Tensor:
        kept: list[Tensor] = []
        learns = any(ctx.needs_input_grad[2:])
        output = stack.forward(rows, weights, kept, learns=learns)
        ctx.stack = stack
        ctx.save_for_backward(rows if learns else None, *weights, *kept)
        return output

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        rows, *saved = ctx.saved_tensors
        number = len(ctx.needs_input_grad) - 2
        weights, kept = tuple(saved[:number]), tuple(saved[number:])
        of_rows, of_weights = ctx.stack.backward(
            grad, rows, weights, kept, ctx.needs_input_grad[1]
        )
        return None, of_rows, *of_weights


class _Recurrent(OwnModule):
    """A recurrent layer with PyTorch's parameters and values, which computes each position explicitly.

    PyTorch's own modules call another library on each device (oneDNN, cuDNN), whose products
    `torch.utils.flop_counter` does not count, and whose memory has no documented size. Gradients of gradients are not
    supported.
    """

    scan: Scan
    # Of PyTorch's base class: the names of the weights, by layer and direction.
    _all_weights: list[list[str]]
    num_layers: int
    dropout: float
    bidirectional: bool
    bias: bool

    def flatten_parameters(self) -> None:
        """Nothing: only cuDNN needs all weights in one tensor."""

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, length = x.shape
        names = [name for of_layer in self._all_weights for name in of_layer]
        rows = as_multiplied(x).transpose(1, 2).reshape(batch * length, channels)
        weights = tuple(
            getattr(self, name)
            if name.startswith("bias")
            else as_multiplied(getattr(self, name))
            for name in names
        )
        dropout = self.dropout if self.training else 0.0
        stack = _Stack(
            self.scan,
            self.num_layers,
            1 + self.bidirectional,
            2 * self.bias,
            length,
            dropout,
        )
        learns = any(tensor.requires_grad for tensor in (rows, *weights))
        if torch.is_grad_enabled() and learns:
            output: Tensor = _Recurrence.apply(stack, rows, *weights)  # type: ignore[no-untyped-call]
        else:
            output = stack.forward(rows, weights, None)
        return output.transpose(1, 2)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        length = x.shape[2]
        reads = torch.ones(length, length, dtype=torch.bool)
        return along(x, 2, reads if self.bidirectional else reads.tril())


class LSTM(_Recurrent, nn.LSTM):  # type: ignore[misc]
    """Long short-term memory."""

    scan = LongShortTermMemory()


class GRU(_Recurrent, nn.GRU):  # type: ignore[misc]
    """Gated recurrent units."""

    scan = GatedRecurrentUnit()


class RNN(_Recurrent, nn.RNN):  # type: ignore[misc]
    """A recurrent layer without gates."""

    def __init__(self, *arguments: Any, **others: Any) -> None:
        super().__init__(*arguments, **others)
        self.scan = Plain(rectified=self.mode == "RNN_RELU")
