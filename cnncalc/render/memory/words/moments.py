"""When in a run something is so, in words."""


def describe_moment(phase: str, layer: str | None) -> str:
    """`backward of conv1`; the phase is start, forward, backward or step, and outside of layers there is none."""
    if phase == "start":
        return "before the first layer"
    if phase == "step":
        return "in the optimizer's step"
    return f"{phase} of {layer}" if layer else f"{phase} of the loss"
