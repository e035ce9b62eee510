"""The families of layers that others ask for: the words under which the reference lists them."""

ACTIVATION = "activation"
ATTENTION = "attention"
CONVOLUTION = "convolution"
LINEAR = "linear"
POOLING = "pooling"

# What papers count as the layers of a network.
WEIGHTED = frozenset((CONVOLUTION, LINEAR))
