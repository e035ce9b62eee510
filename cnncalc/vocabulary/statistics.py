"""What normalisations share: their learned numbers, their running statistics, their work."""

from cnncalc.vocabulary.layer import Tensor, Weight, Work


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
