"""What normalisations share: their learned numbers, their running statistics, their work, and what they can't take."""

from collections.abc import Iterator

from cnncalc.diagnostic import Severity
from cnncalc.vocabulary import faults
from cnncalc.vocabulary.layer import Inputs, Layer, Problem, Tensor, Weight, Work


def weights(channels: int) -> tuple[Weight, ...]:
    """A factor and a shift for each channel."""
    return tuple(Weight(name, (channels,), str(channels)) for name in ("weight", "bias"))


def buffers(channels: int) -> tuple[Tensor, ...]:
    """Running statistics of each channel, and how many batches made them."""
    return (
        Tensor("running_mean", (channels,)),
        Tensor("running_var", (channels,)),
        Tensor("num_batches_tracked", (), "int64"),
    )


def statistics_work(values: int, groups: int) -> Work:
    """Normalising by the values' own statistics, a mean and a variance for each of `groups`.

    A sum and a sum of squares, then x*a + b, where a and b hold the statistics and the learned numbers; a root counts
    as an exponential.
    """
    return Work(multiplies=2 * values, adds=3 * values, divides=2 * groups, exponentials=groups)


def one_value(layer: Layer, inputs: Inputs) -> Iterator[Problem]:
    """A note where PyTorch refuses a batch of one image, and takes one of two."""
    modes = [
        words
        for training, words in ((True, "to train on"), (False, "to run"))
        if layer.normalised(inputs, 1, training=training) == 1
        and layer.normalised(inputs, 2, training=training) != 1
    ]
    if modes:
        both = " and ".join(modes)
        yield Problem(
            faults.ONE_VALUE_TO_NORMALISE,
            f"each channel of {inputs[0]} has one value in an image: PyTorch refuses {both} a batch of one image",
            help="let each device have 2 images or more (a smaller last batch of an epoch is left out by `drop_last`), "
            "or leave out the norm here",
            severity=Severity.INFO,
            blocking=False,
        )
