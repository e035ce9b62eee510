"""Remedies in words: what to do, the options of the command line for it, and the risk."""

from typing import assert_never

from cnncalc.exact import counted, grouped
from cnncalc.memory.advice.remedies import (
    AccumulatedParts,
    BatchLowered,
    BlocksCheckpointed,
    Change,
    CountLowered,
    DevicesAdded,
    LayerRemoved,
    MadeInPlace,
    OptimizerReplaced,
    OptionLeftOut,
    OptionTurnedOn,
    StateNarrowed,
    StepReplaced,
    StrideRaised,
    TypeReplaced,
)
from cnncalc.record import NamedTuple

# The most blocks, and lines, that are named one by one.
BLOCKS, LINES = 3, 3
STEPS = {
    "fused": ("the optimizer's step in one fused kernel", "--fused"),
    "single": ("the optimizer's step over one parameter after another", "--no-foreach"),
}
TURNED_ON = {
    "expandable_segments": ("segments of the allocator that grow", "--expandable-segments"),
    "bucket_view": ("gradients as views of the buckets of devices", "--gradient-as-bucket-view"),
    "offload activations": ("activations on the host between the passes", "--offload activations"),
    "offload optimizer": ("the optimizer's state and its step on the host", "--offload optimizer"),
}
# The risk if a model is trained with parameters of 16 bits: the step that is added to a weight is rounded.
RISKS = {
    "bfloat16": "a step of less than 1/512 of a weight is lost, so that training may stall",
    "float16": "values above 65,504 overflow, and a step of less than 1/4,096 of a weight is lost: training may fail",
}


class RemedyWords(NamedTuple):
    """What to do, the options for it (empty if it is an edit), and the risk (empty if there is none)."""

    title: str
    options: str = ""
    risk: str = ""


def describe_remedy(change: Change) -> RemedyWords:
    """The words for the change of a remedy."""
    match change:
        case AccumulatedParts(parts, images, batch, accumulate):
            size = grouped(images) if images * parts == batch else f"{grouped(images)} or fewer"
            title = f"the gradients of {parts} batches of {size}, added up"
            return RemedyWords(title, f"--batch {images} --accumulate {accumulate}")
        case OptionLeftOut(optimizer, option):
            title = f"{optimizer} without {option.replace('_', ' ')}"
            return RemedyWords(title, f"without --{option.replace('_', '-')}")
        case OptimizerReplaced(before, after):
            return RemedyWords(f"{after} instead of {before} (training differs)", f"--optimizer {after}")
        case OptionTurnedOn(option):
            return RemedyWords(*TURNED_ON[option])
        case StateNarrowed(before, after):
            return RemedyWords(f"the state of {before} in 8 bits (bitsandbytes)", f"--optimizer {after}")
        case BlocksCheckpointed(blocks, uses):
            names = ", ".join(blocks) if len(blocks) <= BLOCKS else f"{len(blocks)} blocks"
            title = f"compute {names} again in the backward pass ({counted(uses, 'use')})"
            return RemedyWords(title, " ".join(f"--checkpoint {name}" for name in blocks))
        case CountLowered(label, before, after, layers, parameter):
            title = f"{label}: {after} instead of {before}, {counted(layers, 'layer')} less"
            return RemedyWords(title, f"--set {parameter}={after}" if parameter else "")
        case LayerRemoved(layer):
            return RemedyWords(f"without {layer}")
        case MadeInPlace(lines):
            named = ", ".join(f"line {line}" for line in lines[:LINES])
            return RemedyWords(f"activations in place: {named}" + ", ..." * (len(lines) > LINES))
        case StrideRaised(layer, before, after):
            return RemedyWords(f"stride {_strides(after)} instead of {_strides(before)} in {layer}")
        case StepReplaced(implementation):
            return RemedyWords(*STEPS[implementation])
        case DevicesAdded():
            return _devices(change)
        case TypeReplaced():
            return _type(change)
        case BatchLowered(images):
            return RemedyWords(f"a batch of {grouped(images)}", f"--batch {images}")
        case _:
            assert_never(change)


def _strides(strides: tuple[int, ...]) -> str:
    """`2`, or `[2, 1]` where axes differ."""
    return str(strides[0]) if len(set(strides)) == 1 else f"[{', '.join(map(str, strides))}]"


def _devices(change: DevicesAdded) -> RemedyWords:
    several = counted(change.devices, "device")
    if change.newly:
        title = f"{several}, parameters and their state split over them"
        return RemedyWords(title, f"--devices {change.devices} --sharded")
    title = f"{several}, each with its part of the batch" + (" and of the parameters" * change.sharded)
    return RemedyWords(title, f"--devices {change.devices}")


def _type(change: TypeReplaced) -> RemedyWords:
    dtype = change.dtype
    if change.autocast:
        return RemedyWords(f"autocast: compute in {dtype}, parameters in float32", f"--autocast {dtype}")
    if dtype not in RISKS:
        return RemedyWords(f"a model in {dtype}", f"--dtype {dtype}")
    risk = RISKS[dtype] if change.training else ""
    return RemedyWords(f"a model in {dtype}, parameters and all", f"--dtype {dtype}", risk)
