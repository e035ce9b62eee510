"""The T family: specs that are valid for cnncalc but not for PyTorch."""

from cnncalc.diagnostic import DiagnosticKind, Severity

NO_TWIN = DiagnosticKind(
    "T001",
    "no-torch-layer",
    Severity.ERROR,
    "PyTorch has no module or function for a layer with these arguments.",
    "No model can be built from the spec: it can be analysed, but not run.",
    invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n"
    "  - avgpool: {kernel: 2, stride: 1, padding: {bottom: 1, right: 1}, count_include_pad: false}\n",
    valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n"
    "  - avgpool: {kernel: 2, stride: 1, padding: {bottom: 1, right: 1}}\n",
)
SHARED_STATE = DiagnosticKind(
    "T002",
    "shared-state",
    Severity.ERROR,
    "A layer with buffers uses the weights of another layer, but has different arguments.",
    "One PyTorch module has one set of arguments. Two modules can share parameters, but not buffers: after "
    "the model is moved to another device they have separate buffers.",
    invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - bn\n  - bn: {eps: 0.01}\n    share: bn1\n",
    valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - bn: {eps: 0.01}\n  - bn: {eps: 0.01}\n    share: bn1\n",
)
# The two below depend on how a spec is run, not on the spec alone: they have no examples.
REFUSED = DiagnosticKind(
    "T003",
    "refused-by-torch",
    Severity.ERROR,
    "PyTorch refuses to run a layer in this type on this device: often an operation has no kernel for half "
    "precision on a CPU. `cnncalc verify` tries each kind of layer on a few values before it builds the model.",
    "The spec is correct, but cannot run like this. Use another `--dtype` or `--device`.",
    invalid="",
    valid="",
)
BATCH_OF_ONE = DiagnosticKind(
    "T004",
    "batch-of-one",
    Severity.ERROR,
    "A normalisation in training has a single value to normalise: a batch of 1 and a volume with one position.",
    "The variance of one value is 0 and useless; PyTorch raises an error. Run it with a larger `--batch`.",
    invalid="",
    valid="",
)
