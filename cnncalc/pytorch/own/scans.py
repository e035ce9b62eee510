"""The scans of recurrent layers, and their gradients, each over all positions in one direction.

A scan gets the products of its input with the weights, (batch, length, gates * hidden), and overwrites them with the
values of the gates. It writes the states, a view of (batch, length, hidden). Everything else that is allocated has a
size that does not depend on the length.
"""

from collections.abc import Iterator
from typing import Protocol

import torch
from torch import Tensor


class Scan(Protocol):
    """What one kind of recurrent layer computes."""

    def forward(
        self,
        gates: Tensor,
        weight: Tensor,
        biases: tuple[Tensor, ...],
        states: Tensor,
        order: range,
    ) -> tuple[Tensor, ...]:
        """Writes the states, and returns what the backward pass needs besides these."""

    def backward(
        self,
        grad: Tensor,
        weight: Tensor,
        kept: tuple[Tensor, ...],
        states: Tensor,
        order: range,
    ) -> tuple[Tensor, Tensor]:
        """The gradients of the products with the input, and of those with the states before."""


def _steps(order: range) -> Iterator[tuple[int, int | None]]:
    """Each position of a scan, and the one before it."""
    before: int | None = None
    for position in order:
        yield position, before
        before = position


def _back(order: range) -> Iterator[tuple[int, int | None]]:
    return reversed(list(_steps(order)))


def _sigmoid_gradient_(grad: Tensor, value: Tensor) -> None:
    """In place: times s*(1 - s)."""
    grad.mul_(value).addcmul_(grad, value, value=-1)


class LongShortTermMemory:
    """i, f, g, o; the cells are kept too."""

    def forward(
        self,
        gates: Tensor,
        weight: Tensor,
        biases: tuple[Tensor, ...],
        states: Tensor,
        order: range,
    ) -> tuple[Tensor, ...]:
        for bias in biases:
            gates.add_(bias)
        hidden = states.shape[2]
        cells = torch.empty_like(states, memory_format=torch.contiguous_format)
        start, products = (
            gates.new_zeros(states.shape[0], hidden),
            torch.empty_like(gates[:, 0]),
        )
        for position, before in _steps(order):
            state, cell = (
                (start, start)
                if before is None
                else (states[:, before], cells[:, before])
            )
            torch.mm(state, weight.t(), out=products)
            gates[:, position].add_(products)
            i, f, g, o = gates[:, position].chunk(4, 1)
            i.sigmoid_(), f.sigmoid_(), g.tanh_(), o.sigmoid_()
            torch.mul(f, cell, out=cells[:, position]).addcmul_(i, g)
            torch.tanh(cells[:, position], out=states[:, position]).mul_(o)
        return gates, cells

    def backward(
        self,
        grad: Tensor,
        weight: Tensor,
        kept: tuple[Tensor, ...],
        states: Tensor,
        order: range,
    ) -> tuple[Tensor, Tensor]:
        gates, cells = kept
        gradients = torch.empty_like(gates)
        state, cell = (
            gates.new_zeros(cells[:, 0].shape),
            gates.new_zeros(cells[:, 0].shape),
        )
        tanh = torch.empty_like(state)
        for position, before in _back(order):
            state.add_(grad[:, position])
            i, f, g, o = gates[:, position].chunk(4, 1)
            of_i, of_f, of_g, of_o = gradients[:, position].chunk(4, 1)
            torch.tanh(cells[:, position], out=tanh)
            _sigmoid_gradient_(torch.mul(state, tanh, out=of_o), o)
            cell.add_(tanh.pow_(2).neg_().add_(1).mul_(o).mul_(state))
            _sigmoid_gradient_(torch.mul(cell, g, out=of_i), i)
            torch.mul(g, g, out=of_g).neg_().add_(1).mul_(i).mul_(cell)
            if before is None:
                of_f.zero_()
                continue
            _sigmoid_gradient_(torch.mul(cell, cells[:, before], out=of_f), f)
            cell.mul_(f)
            torch.mm(gradients[:, position], weight, out=state)
        return gradients, gradients


class GatedRecurrentUnit:
    """r, z, n; the products with the state in n, before r scales them, are kept too."""

    def forward(
        self,
        gates: Tensor,
        weight: Tensor,
        biases: tuple[Tensor, ...],
        states: Tensor,
        order: range,
    ) -> tuple[Tensor, ...]:
        for bias in biases[:1]:
            gates.add_(bias)
        hidden = states.shape[2]
        kept = torch.empty_like(states, memory_format=torch.contiguous_format)
        start, products = (
            gates.new_zeros(states.shape[0], hidden),
            torch.empty_like(gates[:, 0]),
        )
        for position, before in _steps(order):
            state = start if before is None else states[:, before]
            torch.mm(state, weight.t(), out=products)
            for bias in biases[1:]:
                products.add_(bias)
            gates[:, position, : 2 * hidden].add_(products[:, : 2 * hidden]).sigmoid_()
            r, z, n = gates[:, position].chunk(3, 1)
            kept[:, position] = products[:, 2 * hidden :]
            n.addcmul_(r, kept[:, position]).tanh_()
            torch.sub(state, n, out=states[:, position]).mul_(z).add_(n)
        return gates, kept

    def backward(
        self,
        grad: Tensor,
        weight: Tensor,
        kept: tuple[Tensor, ...],
        states: Tensor,
        order: range,
    ) -> tuple[Tensor, Tensor]:
        gates, products = kept
        gradients, of_products = torch.empty_like(gates), torch.empty_like(gates)
        state = gates.new_zeros(products[:, 0].shape)
        hidden = state.shape[1]
        for position, before in _back(order):
            state.add_(grad[:, position])
            r, z, n = gates[:, position].chunk(3, 1)
            of_r, of_z, of_n = gradients[:, position].chunk(3, 1)
            # (h' - n), where h' is 0 before the first position.
            if before is None:
                torch.neg(n, out=of_z)
            else:
                torch.sub(states[:, before], n, out=of_z)
            _sigmoid_gradient_(of_z.mul_(state), z)
            torch.mul(state, z, out=of_n).neg_().add_(state)
            # Times 1 - n*n, with the place of another gradient as scratch.
            torch.mul(n, n, out=of_r).neg_().add_(1)
            of_n.mul_(of_r)
            _sigmoid_gradient_(torch.mul(of_n, products[:, position], out=of_r), r)
            of_products[:, position, : 2 * hidden] = gradients[
                :, position, : 2 * hidden
            ]
            torch.mul(of_n, r, out=of_products[:, position, 2 * hidden :])
            if before is not None:
                state.mul_(z)
                torch.addmm(state, of_products[:, position], weight, out=state)
        return gradients, of_products


class Plain:
    """tanh or relu of the sum of both products. Nothing but the states is kept."""

    def __init__(self, *, rectified: bool) -> None:
        self.rectified = rectified

    def forward(
        self,
        gates: Tensor,
        weight: Tensor,
        biases: tuple[Tensor, ...],
        states: Tensor,
        order: range,
    ) -> tuple[Tensor, ...]:
        for bias in biases:
            gates.add_(bias)
        start, products = (
            gates.new_zeros(states[:, 0].shape),
            torch.empty_like(gates[:, 0]),
        )
        for position, before in _steps(order):
            state = start if before is None else states[:, before]
            torch.mm(state, weight.t(), out=products)
            torch.add(gates[:, position], products, out=states[:, position])
            values = states[:, position]
            values.relu_() if self.rectified else values.tanh_()
        return ()

    def backward(
        self,
        grad: Tensor,
        weight: Tensor,
        kept: tuple[Tensor, ...],
        states: Tensor,
        order: range,
    ) -> tuple[Tensor, Tensor]:
        gradients = torch.empty_like(states, memory_format=torch.contiguous_format)
        state, square = (
            states.new_zeros(states[:, 0].shape),
            states.new_empty(states[:, 0].shape),
        )
        for position, before in _back(order):
            state.add_(grad[:, position])
            if self.rectified:
                torch.sign(states[:, position], out=square)
            else:
                torch.mul(
                    states[:, position], states[:, position], out=square
                ).neg_().add_(1)
            torch.mul(state, square, out=gradients[:, position])
            if before is not None:
                torch.mm(gradients[:, position], weight, out=state)
        return gradients, gradients
