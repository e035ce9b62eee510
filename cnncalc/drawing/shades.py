"""The figures by which boxes can be shaded (`--colour`), and what a legend calls them."""

SHADES = {
    "params": "parameters",
    "macs": "MACs",
    "activations": "activations of one image",
    "memory": "memory",
    "field": "receptive field, in pixels",
}
