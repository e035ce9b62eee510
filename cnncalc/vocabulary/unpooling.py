"""The link between a max pooling and its unpooling: the indices, and what can be wrong with them."""

from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape, Window
from cnncalc.vocabulary.pool import Pool

UNFIT_INDICES = DiagnosticKind(
    "S035",
    "unfit-indices",
    Severity.ERROR,
    "maxunpool names a layer whose indices do not say where its values were: no maxpool, or a maxpool whose "
    "padding is a separate step, so that its indices count the positions of the padded volume. If the windows of the "
    "maxpool overlap, it is a warning.",
    "Unpooling puts each value where the maximum of its window was. Only a max pooling of the same positions says it. "
    "Two overlapping windows can have their maximum at one position: one of the values stays, and PyTorch leaves open "
    "which one.",
    invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - avgpool: 2\n    name: half\n  - maxunpool: half\n",
    valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - maxpool: 2\n    name: half\n  - maxunpool: half\n",
    source="torch.nn.MaxUnpool2d; Badrinarayanan et al. 2015, arXiv 1511.00561 (SegNet)",
)


class Pooled(NamedTuple):
    """The pooling whose indices an unpooling reads: its name, its type and the layer itself, if it gives indices.

    `others` are earlier poolings that would fit what enters the unpooling, as written there, and `constant` says that
    the name is no expression.
    """

    name: str
    kind: str
    pool: Pool | None
    others: tuple[str, ...] = ()
    constant: bool = True

    def windows(self, read: Shape) -> tuple[Window, ...]:
        """The windows of the pooling over what it reads."""
        return () if self.pool is None else self.pool.windows(read)

    def pads_apart(self, read: Shape) -> bool:
        """Whether its padding is a separate step."""
        return self.pool is not None and self.pool.padding_apart(read) is not None
