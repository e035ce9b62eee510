"""What normalisations have in common: parameters, running statistics, work, and inputs that they refuse."""

from collections.abc import Iterator

from cnncalc.diagnostic import Severity
from cnncalc.vocabulary.layer import Call, Inputs, Layer, Problem, Tensor, Weight, Work


def normalised_by_cudnn(call: Call, *, scaled: bool) -> bool:
    """Whether cuDNN computes a batch normalisation over volumes: `scaled` is, with both a factor and a shift.

    Not in bfloat16 (`_select_batch_norm_backend` in ATen/native/Normalization.cpp).
    """
    return call.device == "cuda" and scaled and call.reads != "bfloat16"


def weights(channels: int, *, bias: bool = True) -> tuple[Weight, ...]:
    """A factor and (with `bias`) a shift for each channel."""
    names = ("weight", "bias") if bias else ("weight",)
    return tuple(Weight(name, (channels,), str(channels)) for name in names)


def without_bias(bias: bool) -> dict[str, bool]:
    """PyTorch's argument for a norm with a factor but no shift: left out where it is the default."""
    return {} if bias else {"bias": False}


def buffers(channels: int) -> tuple[Tensor, ...]:
    """Running statistics of each channel, and the number of batches."""
    return (
        Tensor("running_mean", (channels,)),
        Tensor("running_var", (channels,)),
        Tensor("num_batches_tracked", (), "int64"),
    )


def statistics_work(values: int, groups: int) -> Work:
    """The work of normalising values by their own statistics: a mean and a variance for each of `groups`.

    A sum and a sum of squares, then x*a + b, where a and b contain the statistics and the parameters. A root counts as
    an exponential.
    """
    return Work(multiplies=2 * values, adds=3 * values, divides=2 * groups, exponentials=groups)


def one_value(layer: Layer, inputs: Inputs) -> Iterator[Problem]:
    """A note if PyTorch refuses a batch of one image, but accepts two."""
    modes = [
        words
        for training, words in ((True, "to train on"), (False, "to run"))
        if layer.normalised(inputs, 1, training=training) == 1
        and layer.normalised(inputs, 2, training=training) != 1
    ]
    if modes:
        from cnncalc.vocabulary.value_faults import ONE_VALUE_TO_NORMALISE

        both = " and ".join(modes)
        yield Problem(
            ONE_VALUE_TO_NORMALISE,
            f"each channel of {inputs[0]} has one value in an image: PyTorch refuses {both} a batch of one image",
            help="use at least 2 images on each device (`drop_last` leaves out a smaller last batch of an epoch), "
            "or remove the norm here",
            severity=Severity.INFO,
            blocking=False,
        )
