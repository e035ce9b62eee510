"""What memory is for, in words."""

CATEGORY_WORDS = {
    "params": "parameters",
    "buffers": "buffers",
    "grads": "gradients",
    "optimizer": "optimizer state",
    "activations": "activations",
    "temporaries": "temporaries",
    "input": "input",
    "workspace": "workspace",
}
