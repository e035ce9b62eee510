"""The optimizer's state, and its step: what it allocates beside the parameters."""

from cnncalc.memory.allocated.optimizers import Optimizer
from cnncalc.memory.allocated.run import LearnedParameter, Run

# The counter of steps that some keep for each parameter: a scalar in float32, whatever the model's type.
STEP = "float32"


def state(run: Run, optimizer: Optimizer, weights: list[LearnedParameter]) -> None:
    """The state of the optimizer, which stays from step to step.

    Counters of steps stay in the host's memory, unless the kernel is fused and reads them on the device.
    """
    on_device = run.setup.fused or run.setup.backend.name == "cpu"
    for weight in weights:
        for name in optimizer.state():
            run.recorder.make(
                weight.values * run.width(None), "optimizer", weight.node, f"{weight.name} {name}"
            )
        if optimizer.counts and on_device:
            run.recorder.make(run.width(STEP), "optimizer", weight.node, f"{weight.name} step")


def step(run: Run, optimizer: Optimizer, weights: list[LearnedParameter]) -> None:
    """One step: over lists of all parameters, over one after another, or, fused, in place."""
    if run.setup.fused:
        return
    run.recorder.mark("step")
    if run.setup.foreach:
        _allocate(run, optimizer.foreach(), [weights])
    else:
        _allocate(run, optimizer.single(), [[weight] for weight in weights])


def _allocate(run: Run, program: tuple[str, ...], groups: list[list[LearnedParameter]]) -> None:
    recorder = run.recorder
    variables: dict[str, list[int]] = {}
    for weights in groups:
        for instruction in program:
            name = instruction.removeprefix("-")
            replaced = variables.pop(name, [])
            if name == instruction:
                variables[name] = [
                    recorder.make(
                        weight.values * run.width(None), "temporaries", weight.node, f"{weight.name} {name}"
                    )
                    for weight in weights
                ]
            for number in replaced:
                recorder.drop(number)
    for numbers in variables.values():
        for number in numbers:
            recorder.drop(number)
