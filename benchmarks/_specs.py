"""Specs for measurements: deep by `repeat`, or long without it. The text is the same every time."""

from random import Random

HEAD = "cnncalc: 1\nname: {name}\ninput: {input}\n"

DEEP = """\
defaults: {conv: {padding: half, norm: bn, act: relu}}
blocks:
  bottleneck:
    params: {width: required}
    layers:
      - residual:
          - conv: {filters: $width, kernel: 1}
          - conv: {filters: $width, kernel: 3}
          - conv: {filters: $width * 4, kernel: 1, act: none}
        shortcut: project
      - relu
"""
# Input, stem (3), projection (2), head (4): what is there beside the blocks, of which each is 10 nodes.
AROUND, BLOCK = 10, 10


def deep(nodes: int) -> str:
    """A residual network with a number of nodes (its input counted), a multiple of ten from 20 on, in 20 lines."""
    return (
        HEAD.format(name=f"{nodes} nodes", input="32x32x3")
        + DEEP
        + "layers:\n"
        + "  - conv: {filters: 16, kernel: 3}\n"
        + f"  - bottleneck: {{width: 16}}\n    repeat: {(nodes - AROUND) // BLOCK}\n"
        + "  - global_avgpool\n  - dropout: 0.2\n  - fc: 1000\n  - softmax\n"
    )


def long(layers: int) -> str:
    """A chain of a number of layers (from 40 on), each written out: about 80 characters a layer."""
    random = Random(layers)
    items: list[str] = []
    while len(items) < layers - len(TAIL):
        items += _stage(random, len(items))
    # Every layer but a convolution keeps the shape, and none needs an even size: it may end within a stage.
    del items[layers - len(TAIL) :]
    body = "".join(f"  - {item}\n" for item in (*items, *TAIL))
    return HEAD.format(name=f"{layers} layers", input="64x64x3") + "layers:\n" + body


def _item(layer: str, name: str) -> str:
    """An item with a name beside it."""
    return f"{layer if ':' in layer else layer + ':'}\n    name: {name}"


TAIL = (
    _item("global_avgpool", "pooled_for_the_classifier"),
    _item("flatten", "features_of_the_classifier"),
    _item("fc: {units: 4096, bias: true}", "classifier_fc1"),
    _item("relu", "classifier_relu1"),
    _item("dropout: {p: 0.5}", "classifier_dropout1"),
    _item("fc: {units: 4096, bias: true}", "classifier_fc2"),
    _item("relu", "classifier_relu2"),
    _item("fc: {units: 1000, bias: true}", "classifier_fc3"),
    _item("softmax", "probabilities"),
)
DEPTHWISE = "depthwise_conv: {kernel: 3, stride: 1, padding: 1, dilation: 1, bias: false}"
POOL = "{kernel: 3, stride: 1, padding: 1, rounding: floor}"


def _stage(random: Random, index: int) -> list[str]:
    """A convolution of one kind or another, batch norm, an activation, and now and then a pool or a dropout."""
    filters = 16 * random.randint(1, 64)
    kernel = random.choice((1, 3, 3, 3, 5, 7))
    dilation = random.choice((1, 1, 1, 2)) if kernel > 1 else 1
    sizes = f"filters: {filters}, kernel: {kernel}, stride: 1, padding: {dilation * (kernel - 1) // 2}"
    bias = random.choice(("true", "false"))
    stage = [_item(f"conv: {{{sizes}, dilation: {dilation}, bias: {bias}}}", f"stage{index}_convolution")]
    if random.random() < 0.3:
        stage.append(_item(DEPTHWISE, f"stage{index}_depthwise_conv"))
    eps, momentum = random.choice(("0.001", "0.00001")), random.choice(("0.1", "0.01"))
    stage.append(_item(f"bn: {{eps: {eps}, momentum: {momentum}}}", f"stage{index}_batch_norm"))
    activation = random.choice(("relu", "relu", "relu6", "silu", "leaky_relu", "hardswish"))
    stage.append(_item(activation, f"stage{index}_activation_{activation}"))
    if random.random() < 0.2:
        kind = random.choice(("maxpool", "avgpool"))
        stage.append(_item(f"{kind}: {POOL}", f"stage{index}_{kind}_3x3"))
    if random.random() < 0.1:
        stage.append(_item(f"dropout: 0.{random.randint(1, 5)}", f"stage{index}_dropout"))
    return stage
