"""Modules that do not exist in PyTorch: plain `nn.Module`s for layers whose call is `own.*`.

Inputs and outputs are volumes in PyTorch's order, channels first. A module that works on the channels of each position
views its input with channels last, and returns a view with channels first: in memory, tokens stay (batch, length,
channels) from layer to layer.
"""

from cnncalc.pytorch.own_attention import Attention
from cnncalc.pytorch.own_blocks import DepthToSpace, SpaceToDepth
from cnncalc.pytorch.own_blur import BlurPool
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
from cnncalc.pytorch.own_copies import Tile, Unstack
from cnncalc.pytorch.own_filters import LocallyConnected
from cnncalc.pytorch.own_learned import Concat, Learned
from cnncalc.pytorch.own_norms import ChannelRMSNorm, GlobalResponseNorm
from cnncalc.pytorch.own_pools import DisjointMaxPool
from cnncalc.pytorch.own_positions import Crop, CropTo, PadTo, Permute, Reshape, ResizeTo, Roll, Slice
from cnncalc.pytorch.own_products import Matmul
from cnncalc.pytorch.own_recurrent import GRU, LSTM, RNN
from cnncalc.pytorch.own_reductions import LogSoftmax, Max, Mean, Softmax, Std, Sum, VectorNorm
from cnncalc.pytorch.own_standardized import StandardizedConv1d, StandardizedConv2d, StandardizedConv3d
from cnncalc.pytorch.own_tokens import ClassToken, PositionEmbedding, SelectToken, SelfAttention
from cnncalc.pytorch.own_unpool import MaxUnpool
from cnncalc.pytorch.own_windows import PatchMerging, WindowAttention

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
    "VectorNorm",
    "WindowAttention",
]
