"""Modules that do not exist in PyTorch: plain `nn.Module`s for layers whose call is `own.*`.

Inputs and outputs are volumes in PyTorch's order, channels first. A module that works on the channels of each position
views its input with channels last, and returns a view with channels first: in memory, tokens stay (batch, length,
channels) from layer to layer.
"""

from cnncalc.pytorch.own_channels import (
    ChannelLayerNorm,
    ChannelLinear,
    ChannelShuffle,
    Chunk,
    LayerScale,
    Maxout,
    SeparableConv,
    StochasticDepth,
)
from cnncalc.pytorch.own_filters import LocallyConnected
from cnncalc.pytorch.own_pools import DisjointMaxPool
from cnncalc.pytorch.own_positions import Crop, CropTo, Mean, Permute, Reshape, ResizeTo, Slice
from cnncalc.pytorch.own_products import Matmul
from cnncalc.pytorch.own_tokens import ClassToken, PositionEmbedding, SelectToken, SelfAttention
from cnncalc.pytorch.own_windows import PatchMerging, WindowAttention

__all__ = [
    "ChannelLayerNorm",
    "ChannelLinear",
    "ChannelShuffle",
    "Chunk",
    "ClassToken",
    "Crop",
    "CropTo",
    "DisjointMaxPool",
    "LayerScale",
    "LocallyConnected",
    "Matmul",
    "Maxout",
    "Mean",
    "PatchMerging",
    "Permute",
    "PositionEmbedding",
    "Reshape",
    "ResizeTo",
    "SelectToken",
    "SelfAttention",
    "SeparableConv",
    "Slice",
    "StochasticDepth",
    "WindowAttention",
]
