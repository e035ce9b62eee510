"""The tables of `memory --as-taught`: what each layer stores and learns, with the numbers."""

from collections.abc import Iterator

from cnncalc.exact import grouped
from cnncalc.figure_words import size as in_unit
from cnncalc.memory.report import AsTaught, TaughtNetwork, TaughtParameters, Volume
from cnncalc.record import NamedTuple

# The longest formula of the parameters of one layer, and where there is little room; a longer one is shown as the
# sizes of the tensors, or as their number.
LONGEST, BRIEF = 48, 24
VOLUMES = "the volume of each layer, for one image"
PARAMETERS = "the parameters of each layer"
MODES = {"inference": "in inference", "training": "in training"}
ALL = "all layers"


class TaughtRow(NamedTuple):
    """A formula, the number that it gives, and bytes. A total has no formula, and a part of a sum no `values`.

    `brief` is in place of a long formula where there is little room.
    """

    name: str
    formula: str
    nbytes: int
    values: int | None = None
    brief: str = ""


class TaughtTable(NamedTuple):
    """Rows under a title, and what is said below them; `value_bytes` is what each value takes."""

    title: str
    rows: tuple[TaughtRow, ...]
    value_bytes: int
    notes: tuple[str, ...] = ()


def tables(report: AsTaught) -> Iterator[TaughtTable]:
    """The volumes, then the parameters, if there are any: once, or for each mode where they differ."""
    networks = report.networks
    bits = f", {networks[0].value_bytes} bytes each" if networks else ""
    for title, rows_of in ((VOLUMES + bits, _volumes), (PARAMETERS + bits, _parameters)):
        listed = [rows_of(network) for network in networks]
        if all(rows == listed[0] for rows in listed):
            listed, titles = listed[:1], [title]
        else:
            titles = [f"{title}, {MODES[network.mode]}" for network in networks]
        for name, rows, network in zip(titles, listed, networks, strict=False):
            if len(rows) == 1:
                continue
            yield TaughtTable(name, rows, network.value_bytes)


def _volumes(network: TaughtNetwork) -> tuple[TaughtRow, ...]:
    """The images, the layers that store a volume, and the sum of these."""
    rows = [_volume(volume) for volume in (*network.images, *network.volumes)]
    return (*rows, _total(network.volume_bytes, network))


def _volume(volume: Volume) -> TaughtRow:
    shape = volume.shape
    formula = "*".join(map(str, (*shape.spatial, shape.channels)))
    return TaughtRow(volume.name, formula, volume.nbytes, shape.size, formula)


def _parameters(network: TaughtNetwork) -> tuple[TaughtRow, ...]:
    """The layers that own parameters, and their sum."""
    rows = [_learned(layer) for layer in network.learned]
    return (*rows, _total(network.param_bytes, network))


def _learned(layer: TaughtParameters) -> TaughtRow:
    formula = _formula(layer)
    brief = formula if len(formula) <= BRIEF else f"{len(layer.weights)} tensors"
    return TaughtRow(layer.name, formula, layer.nbytes, layer.size, brief)


def _total(nbytes: int, network: TaughtNetwork) -> TaughtRow:
    return TaughtRow(ALL, "", nbytes, nbytes // network.value_bytes)


def _formula(layer: TaughtParameters) -> str:
    """`(3*3*64)*128 + 128`: weights and biases."""
    for texts in (
        [weight.formula for weight in layer.weights],
        [grouped(weight.size) for weight in layer.weights],
    ):
        text = " + ".join(texts)
        if len(text) <= LONGEST:
            return text
    return f"{len(layer.weights)} tensors"


def sizes(nbytes: int) -> tuple[str, str]:
    """Decimal, and in units of 1024: `6.00 MB`, `5.72 MiB`."""
    return in_unit(nbytes, "si"), in_unit(nbytes, "iec")


def written(nbytes: int) -> str:
    """`6,000,000 bytes = 6.00 MB = 5.72 MiB`."""
    exact = f"{grouped(nbytes)} byte{'' if nbytes == 1 else 's'}"
    return " = ".join(dict.fromkeys((exact, *(text for text in sizes(nbytes) if "byte" not in text))))
