"""The T family: specs that are fine for cnncalc and not for PyTorch."""

from cnncalc.diagnostic import DiagnosticKind, Severity

NO_TWIN = DiagnosticKind(
    "T001",
    "no-torch-layer",
    Severity.ERROR,
    "A layer that PyTorch has no module or function for, with these arguments.",
    "No model can be built from the spec, so it can be computed and not run.",
    invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - locally_connected: {filters: 4, kernel: 3}\n",
    valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 3}\n",
)
SHARED_STATE = DiagnosticKind(
    "T002",
    "shared-state",
    Severity.ERROR,
    "A layer with buffers that uses another's weights and has other arguments.",
    "One PyTorch module has one set of arguments. Two modules can have the same parameters, but not the same buffers: "
    "these part as soon as the model is moved to another device.",
    invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - bn\n  - bn: {eps: 0.01}\n    share: bn1\n",
    valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - bn: {eps: 0.01}\n  - bn: {eps: 0.01}\n    share: bn1\n",
)
# The two below hang on how a spec is run, not on the spec alone: they have no examples.
REFUSED = DiagnosticKind(
    "T003",
    "refused-by-torch",
    Severity.ERROR,
    "A layer that PyTorch refuses to run in this type on this device: most often an operation that has no kernel for "
    "half precision on a CPU. `cnncalc verify` tries each kind of layer on a few values before it builds the model.",
    "The spec is right, and cannot be run like this: another `--dtype` or `--device` can.",
    invalid="",
    valid="",
)
BATCH_OF_ONE = DiagnosticKind(
    "T004",
    "batch-of-one",
    Severity.ERROR,
    "A normalisation in training that has a single value to normalise: a batch of 1 and a volume of one position.",
    "The variance of one value is 0 and says nothing; PyTorch raises an error. Run it with a larger `--batch`.",
    invalid="",
    valid="",
)
