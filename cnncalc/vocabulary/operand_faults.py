"""What is wrong between the operands of a layer: of arithmetic, of concat, of attention."""

from cnncalc.diagnostic import DiagnosticKind, Severity

MERGE_MISMATCH = DiagnosticKind(
    "S008",
    "merge-mismatch",
    Severity.ERROR,
    "The operands of add, mul or concat have different sizes along an axis where the sizes must be equal, or those of "
    "matmul have different sizes along the sides that are multiplied.",
    "add and mul are elementwise; concat joins the channels of operands with the same spatial size; matmul multiplies "
    "the columns of its first operand by the rows of its second.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - residual:\n      - conv: {filters: 32, kernel: 3, padding: 1}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - residual:\n      - conv: {filters: 32, kernel: 3, padding: 1}\n"
    "    shortcut: project\n",
)

BROADCAST_TO_LARGER = DiagnosticKind(
    "S026",
    "broadcast-to-larger",
    Severity.WARNING,
    "Operands are broadcast to a shape that none of them has.",
    "Mostly one operand has the shape of the result, and the others are broadcast to it. Where all of them grow, an "
    "operand is often not what was meant.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - mul:\n      - [max: channels]\n      - [global_avgpool]\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - mul:\n      - []\n      - [global_avgpool]\n",
)

NO_BATCH = DiagnosticKind(
    "S028",
    "no-batch",
    Severity.ERROR,
    "A layer reads a learned tensor (`learned`, or what is computed of such tensors alone) where it needs a tensor of "
    "each image.",
    "A learned tensor exists once, and not for each image of a batch. Arithmetic, `concat`, `matmul` and `attention` "
    "combine it with a tensor that has a batch, and functions of each value, such as relu, change it; all other layers "
    "need a batch. Often "
    "`prev` is meant to be the layer before the learned tensor.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - conv: {filters: 16, kernel: 1}\n  - learned: 1x1x16\n"
    "  - conv: {filters: 8, kernel: 1}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - conv: {filters: 16, kernel: 1}\n"
    "  - mul: [prev, [learned: 1x1x16]]\n  - conv: {filters: 8, kernel: 1}\n",
)

ATTENTION_OPERANDS = DiagnosticKind(
    "S030",
    "attention-operands",
    Severity.ERROR,
    "The operands of attention do not fit each other, or its widths.",
    "Every key has one value. Without projections, queries and keys are compared channel by channel, and the channels "
    "of each operand are those of its heads.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - conv: 8\n  - attention: {of: [prev, in, in], heads: 2, "
    "project: false}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - conv: 8\n  - attention: {of: [prev, in, in], heads: 2}\n",
    source="torch.nn.functional.scaled_dot_product_attention",
)

CAUSAL_LENGTHS = DiagnosticKind(
    "S031",
    "causal-lengths",
    Severity.ERROR,
    "Causal attention between positions that are not in one order, or of another number.",
    "A query attends to the keys of its own position and of earlier ones. For that, both are numbered alike.",
    invalid="cnncalc: 1\ninput: {length: 16, channels: 8}\nlayers:\n  - maxpool: 2\n  - attention: {of: [prev, in], "
    "heads: 2, causal: true}\n",
    valid="cnncalc: 1\ninput: {length: 16, channels: 8}\nlayers:\n  - maxpool: 2\n  - attention: {of: [prev, in], "
    "heads: 2}\n",
    source="torch.nn.functional.scaled_dot_product_attention: is_causal",
)

RELATIVE_GRID = DiagnosticKind(
    "S032",
    "relative-grid",
    Severity.ERROR,
    "Relative positions of queries and keys that are not positions of one grid.",
    "A table of relative positions has a number for each offset of two positions. The queries can be all positions of "
    "the grid of the keys, or every second (or third ...) of them along an axis, from the first on.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - maxpool: 2\n  - attention: {of: [in, prev], heads: 2, relative: "
    "offsets}\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - maxpool: 2\n  - attention: {of: [prev, in], heads: 2, relative: "
    "offsets}\n",
    source="Graham et al. 2021, arXiv 2104.01136 (LeViT), section 4.2",
)
