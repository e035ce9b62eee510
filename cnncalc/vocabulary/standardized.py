"""How filters get mean 0 and variance 1: the operations of weight standardisation, and their work."""

from collections.abc import Iterator
from math import prod

from cnncalc.vocabulary.computation import Computation, own
from cnncalc.vocabulary.layer import Call, Step, Tensor, TorchCall, Weight, Work
from cnncalc.vocabulary.statistics import statistics_work
from cnncalc.vocabulary.values import Standardization


class Standardized(Computation):
    """The batch normalisation of the filters, each of them a channel (`F.batch_norm`), as in timm."""

    main = "weight"
    parameters = ("weight", "gain")

    def __init__(self, settings: Standardization) -> None:
        self.settings = settings

    def stored(self, plain: tuple[Weight, ...]) -> tuple[Weight, ...]:
        if not self.settings.gain:
            return plain
        count = plain[0].shape[0]
        return (*plain, Weight("gain", (count, *(1,) * (len(plain[0].shape) - 1)), str(count)))

    def buffers(self, shape: tuple[int, ...]) -> tuple[Tensor, ...]:
        return ()

    def work(self, shape: tuple[int, ...]) -> Work:
        work = statistics_work(prod(shape), shape[0])
        return work._replace(multiplies=work.multiplies + shape[0] * self.settings.gain)

    def _factor(self, shape: tuple[int, ...]) -> tuple[Tensor, ...]:
        """What each filter is multiplied by."""
        return (own("factor", (shape[0],)),) if self.settings.gain else ()

    def kept(self, shape: tuple[int, ...]) -> tuple[Tensor, ...]:
        return (*self._factor(shape), own("save_mean", (shape[0],)), own("save_invstd", (shape[0],)))

    def forward(self, shape: tuple[int, ...], filters: Tensor, call: Call) -> Iterator[Step]:
        kept = self.kept(shape)
        yield Step(
            (*kept[:-2], filters, *kept[-2:]), () if call.training else tuple(item.name for item in kept)
        )

    def backward(self, shape: tuple[int, ...], grad: str, call: Call, *, turned: bool) -> Iterator[Step]:
        """The gradient is put in order before it is seen as one row for each filter."""
        if turned:
            yield Step((own("grad_ordered", shape),), (grad,))
        spent = (grad, "grad_ordered", *(item.name for item in self.kept(shape)))
        if not self.settings.gain:
            yield Step((own("weight", shape),), spent)
            return
        yield Step((own("weight", shape), own("grad_factor", (shape[0],))), spent)
        yield Step((own("gain", (shape[0],)),), ("grad_factor",))

    def call(self, call: TorchCall) -> TorchCall:
        return call._replace(
            target=call.target.replace("nn.Conv", "own.StandardizedConv"),
            arguments={**call.arguments, **self.settings.asdict()},
        )
