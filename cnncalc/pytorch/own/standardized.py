"""Convolutions that standardise their filters before they use them. PyTorch has none; timm's are the models."""

from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class _Standardized(nn.modules.conv._ConvNd):
    """Each filter has mean 0 and variance 1; with a gain, it is multiplied by gain * gamma / sqrt(its weights)."""

    def __init__(
        self,
        *arguments: Any,
        gain: bool = False,
        gamma: float = 1.0,
        eps: float = 1e-6,
        **named: Any,
    ) -> None:
        super().__init__(*arguments, **named)
        self.eps, self.scale = eps, gamma * prod(self.weight.shape[1:]) ** -0.5
        ones = (1,) * (self.weight.dim() - 1)
        self.gain = nn.Parameter(torch.ones(self.out_channels, *ones)) if gain else None

    def forward(self, x: Tensor) -> Tensor:
        filters = F.batch_norm(
            self.weight.reshape(1, self.out_channels, -1),
            None,
            None,
            weight=self._factor(),
            training=True,
            momentum=0.0,
            eps=self.eps,
        ).reshape_as(self.weight)
        return self._conv_forward(x, filters, self.bias)

    def _factor(self) -> Tensor | None:
        return None if self.gain is None else (self.gain * self.scale).view(-1)

    def extra_repr(self) -> str:
        plain: str = super().extra_repr()  # type: ignore[no-untyped-call]
        return f"{plain}, gain={self.gain is not None}, eps={self.eps}"


class StandardizedConv1d(_Standardized, nn.Conv1d):
    """Over one axis."""


class StandardizedConv2d(_Standardized, nn.Conv2d):
    """Over two axes: `StdConv2d` of timm, and with a gain `ScaledStdConv2d`."""


class StandardizedConv3d(_Standardized, nn.Conv3d):
    """Over three axes."""
