"""Layers of PyTorch, Keras, TensorFlow, Caffe, Darknet and ONNX that are none here, and what to write instead.

Words are folded as in `foreign_layers`. A test checks that none of them is a layer of the catalogue.
"""

# A layer of another framework that cnncalc does not have -> a help, as the end of a sentence.
NO_LAYER: dict[str, str] = {
    "convlstm": "`lstm` reads a sequence; a block of `conv`, `sigmoid`, `tanh` and `mul` makes one cell of it",
    "embedding": "a spec starts from an image or a signal, not from words",
    "einsum": "",
    "lambda": "a spec is data and contains no code",
    "custom": "a spec is data and contains no code",
    "gaussiannoise": "",
    "yolo": "end the spec at the convolution before it",
    "detection": "end the spec at the layer before it",
    "region": "end the spec at the convolution before it",
    "roipool": "",
    "roialign": "",
    "nms": "it is not a layer of the network: end the spec before it",
    "deformconv": "",
    "gridsample": "",
    "argmax": "it is not a layer of the network: end the spec before it",
    "crossentropyloss": "`cnncalc memory --mode training` includes the loss",
    "loss": "`cnncalc memory --mode training` includes the loss",
    "input": "write `input: HxWxC` at the top of the spec",
    "inputlayer": "write `input: HxWxC` at the top of the spec",
    "data": "write `input: HxWxC` at the top of the spec",
    "output": "the last layer is the output; `outputs:` at the top of the spec names others",
}
