"""Which operands a layer takes, how a spec may write them, and what of them it reads."""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal, TypeAlias

from cnncalc.vocabulary.allocation import Inputs
from cnncalc.vocabulary.reach import Reach

# Which channels of an operand an output value reads: one; one, scaled or shifted by a statistic of its group (the mean
# of a norm, the sum of a softmax); or several.
Channels: TypeAlias = Literal["apart", "scaled", "mixed"]

# Which operands of a layer can be without a batch: none, some if another has one, or all.
WithoutBatch: TypeAlias = Literal["none", "some", "all"]


class TakesOperands(ABC):
    """The facts of a layer about its operands. `vocabulary.layer.Layer` says what each one means."""

    # The kind of its input: a volume (1 to 3 spatial axes), features, or any.
    takes: ClassVar[Literal["volume", "features", "any"]] = "any"
    # The numbers of spatial axes that it accepts.
    ranks: ClassVar[tuple[int, ...]] = (1, 2, 3)
    # Which layer to use for other numbers of axes.
    other_ranks: ClassVar[str | None] = None
    # The number of inputs; None: two or more (a merge), 0: it reads nothing.
    arity: ClassVar[int | None] = 1
    # The fewest operands of a merge. If one is enough and none is named, it reads what enters.
    fewest: ClassVar[int] = 2
    # Whether operands can be without a batch, as learned tensors are: none of them, some (if another has one), or all;
    # then its output has none either.
    without_batch: ClassVar[WithoutBatch] = "none"
    # Whether its operands may be numbers too.
    takes_numbers: ClassVar[bool] = False
    # Whether the same value twice as operands makes sense, as for a square.
    takes_one_value_twice: ClassVar[bool] = False
    # Whether the order of two operands is no matter: a + b is b + a.
    commutes: ClassVar[bool] = False
    # Whether an operand that is the same layer may be replaced by its operands: [[a, b], c] is [a, b, c].
    flattens: ClassVar[bool] = False
    # Whether it reads only the values of its first operand, and only the size of the others.
    reads_first: ClassVar[bool] = False
    # Whether it reads the indices of its second operand, a max pooling, and the size of the third, which that read.
    reads_indices: ClassVar[bool] = False
    # Whether it can return the index of each of its values among those that it reads.
    gives_indices: ClassVar[bool] = False

    @abstractmethod
    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """Which positions an output position reads, for each spatial axis of the first input.

        None if this is not known, for example if positions of several axes are reordered. A layer without spatial axes
        (features) returns ().
        """

    def joins_along(self, inputs: Inputs) -> int | None:
        """The spatial axis along which its operands lie one after another; None if each one reaches everywhere."""
        return None

    def reads_whole(self, inputs: Inputs) -> tuple[int, ...]:
        """The operands of a merge of which every output position reads all positions: `reach` is that of the others.

        Operands are numbers. If the first is one of them, its `reach` is everywhere too.
        """
        return ()

    @abstractmethod
    def reads_channels(self, inputs: Inputs) -> Channels:
        """Which channels of an operand an output value reads.

        Filters that read all channels mix them, even if there is only one channel.
        """

    @property
    def returns_indices(self) -> bool:
        """Whether it returns its indices besides its output, because an unpooling reads them."""
        return False
