"""Options that PyTorch does not take together: told before anything is replayed."""

from cnncalc.memory.allocated import optimizers
from cnncalc.memory.setup import Setup

# Types that autocast computes in.
LOWER = ("float16", "bfloat16")


def impossible(setup: Setup) -> str | None:
    """What cannot be, in one sentence with what could; None where all is well."""
    if setup.autocast is not None:
        if setup.autocast not in LOWER:
            return f"autocast computes in {' or '.join(LOWER)}, not in {setup.autocast}"
        if setup.dtype != "float32":
            return (
                f"autocast is for models in float32: of one in {setup.dtype} it casts "
                f"{'nothing' if setup.dtype == 'float64' else 'what is in 16 bits already'}"
            )
    if setup.sharded and setup.devices < 2:
        return "sharded parameters need two devices or more"
    return _of_training(setup) if setup.mode == "training" else _of_inference(setup)


def _of_inference(setup: Setup) -> str | None:
    plain = Setup()
    for name, told in (
        ("a frozen part", setup.frozen),
        ("checkpoints", setup.checkpoint),
        ("accumulated gradients", setup.accumulate > 1),
        ("an optimizer's options", setup.options),
        (f"{setup.implementation} optimizers", setup.implementation),
        (f"the optimizer {setup.optimizer}", setup.optimizer != plain.optimizer),
    ):
        if told:
            return f"{name}: of training only; inference has no backward pass and no step"
    return None


def _of_training(setup: Setup) -> str | None:
    if setup.optimizer not in optimizers.names():
        return f"there is no optimizer {setup.optimizer}; there are {', '.join(optimizers.names())}"
    kind = optimizers.optimizer_type(setup.optimizer)
    for name in setup.options:
        if name not in kind.options:
            having = [one for one in optimizers.names() if name in optimizers.optimizer_type(one).options]
            return (
                f"{setup.optimizer} has no {name.replace('_', ' ')}; optimizers with one: {', '.join(having)}"
            )
    if setup.options.get("nesterov") and not setup.options.get("momentum"):
        return "Nesterov's step needs a momentum"
    if setup.fused and not kind.fused:
        fused = [name for name in optimizers.names() if optimizers.optimizer_type(name).fused]
        return f"PyTorch has no fused {setup.optimizer}; {', '.join(fused)} have one"
    return None
