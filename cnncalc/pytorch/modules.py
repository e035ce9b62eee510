"""Modules that do not exist in PyTorch: plain `nn.Module`s for layers whose call is `own.*`.

Inputs and outputs are volumes in PyTorch's order, channels first. A module that works on the channels of each position
views its input with channels last, and returns a view with channels first: in memory, tokens stay (batch, length,
channels) from layer to layer.
"""

from cnncalc.pytorch.own.attention import Attention
from cnncalc.pytorch.own.blocks import DepthToSpace, SpaceToDepth
from cnncalc.pytorch.own.blur import BlurPool
from cnncalc.pytorch.own.channels import (
    ChannelLayerNorm,
    ChannelLinear,
    ChannelShuffle,
    Chunk,
    LayerScale,
    Maxout,
    SeparableConv,
    StochasticDepth,
)
from cnncalc.pytorch.own.copies import Tile, Unstack
from cnncalc.pytorch.own.filters import LocallyConnected
from cnncalc.pytorch.own.learned import Concat, Learned
from cnncalc.pytorch.own.norms import ChannelRMSNorm, GlobalResponseNorm
from cnncalc.pytorch.own.pools import DisjointMaxPool
from cnncalc.pytorch.own.positions import Crop, CropTo, PadTo, Permute, Reshape, ResizeTo, Roll, Slice
from cnncalc.pytorch.own.products import Matmul
from cnncalc.pytorch.own.recurrent import GRU, LSTM, RNN
from cnncalc.pytorch.own.reductions import LogSoftmax, Max, Mean, Softmax, Std, Sum, Var, VectorNorm
from cnncalc.pytorch.own.standardized import StandardizedConv1d, StandardizedConv2d, StandardizedConv3d
from cnncalc.pytorch.own.tokens import ClassToken, PositionEmbedding, SelectToken, SelfAttention
from cnncalc.pytorch.own.unpool import MaxUnpool
from cnncalc.pytorch.own.windows import PatchMerging, WindowAttention

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Attention",
    "BlurPool",
    "ChannelLayerNorm",
    "ChannelLinear",
    "ChannelRMSNorm",
    "ChannelShuffle",
    "Chunk",
    "ClassToken",
    "Concat",
    "Crop",
    "CropTo",
    "DepthToSpace",
    "DisjointMaxPool",
    "GlobalResponseNorm",
    "LayerScale",
    "Learned",
    "LocallyConnected",
    "LogSoftmax",
    "Matmul",
    "Max",
    "MaxUnpool",
    "Maxout",
    "Mean",
    "PadTo",
    "PatchMerging",
    "Permute",
    "PositionEmbedding",
    "Reshape",
    "ResizeTo",
    "Roll",
    "SelectToken",
    "SelfAttention",
    "SeparableConv",
    "Slice",
    "Softmax",
    "SpaceToDepth",
    "StandardizedConv1d",
    "StandardizedConv2d",
    "StandardizedConv3d",
    "Std",
    "StochasticDepth",
    "Sum",
    "Tile",
    "Unstack",
    "Var",
    "VectorNorm",
    "WindowAttention",
]
