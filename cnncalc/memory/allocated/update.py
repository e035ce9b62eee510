"""The optimizer's state, and its step: what it allocates beside the parameters."""

from cnncalc.memory.allocated.data_parallel import stepped
from cnncalc.memory.allocated.optimizers import Optimizer
from cnncalc.memory.allocated.run import LearnedParameter, Run

# The counter of steps that some keep for each parameter: a scalar in float32, whatever the model's type.
STEP = "float32"


def state(run: Run, optimizer: Optimizer, weights: list[LearnedParameter]) -> None:
    """The state of the optimizer, which stays from step to step; on the host if it is offloaded.

    Counters of steps stay in the host's memory, unless the kernel is fused and reads them on the device.
    """
    if "optimizer" in run.setup.offload:
        return
    on_device = run.setup.fused or run.setup.backend.name == "cpu"
    own = stepped(run, weights)
    for weight in own[:1] if optimizer.counts_all and on_device else ():
        run.recorder.make(run.width(STEP), "optimizer", weight.node, "step")
    for weight in own:
        for name, nbytes in optimizer.sizes(weight.values, run.width(None)).items():
            run.recorder.make(nbytes, "optimizer", weight.node, f"{weight.name} {name}")
        for _ in range(optimizer.counts if on_device and not optimizer.counts_all else 0):
            run.recorder.make(run.width(STEP), "optimizer", weight.node, f"{weight.name} step")
    if optimizer.shared and weights:
        run.recorder.make(optimizer.shared, "optimizer", None, "tables")


def step(run: Run, optimizer: Optimizer, weights: list[LearnedParameter]) -> None:
    """One step, on the device: over lists of all parameters, over one after another, or, fused, in place."""
    if run.setup.fused or "optimizer" in run.setup.offload:
        return
    run.recorder.mark("step")
    weights = stepped(run, weights)
    if run.setup.foreach and optimizer.lists:
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
