"""The families of layers that other modules need. The reference lists layers under these words."""

ACTIVATION = "activation"
ATTENTION = "attention"
CONVOLUTION = "convolution"
LINEAR = "linear"
POOLING = "pooling"
RECURRENT = "recurrent"

# The layers that papers count as layers of a network.
WEIGHTED = frozenset((CONVOLUTION, LINEAR))
