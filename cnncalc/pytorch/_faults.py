"""The T family: specs that are fine for cnncalc and not for PyTorch."""

from cnncalc.diagnostic import Fault, Severity

NO_TWIN = Fault(
    "T001",
    "no-torch-layer",
    Severity.ERROR,
    "A layer that PyTorch has no module or function for, with these arguments.",
    "No model can be built from the spec, so it can be computed and not run.",
    invalid="",
    valid="",
)
NOT_WHOLE = Fault(
    "T002",
    "not-buildable",
    Severity.ERROR,
    "A network with a layer whose shape is unknown.",
    "A module needs every size; mend the faults that `cnncalc validate` tells first.",
    invalid="",
    valid="",
)
