"""The sums of `memory --as-taught` as tables of their parts, which the text and the Markdown share."""

from collections.abc import Iterator

from cnncalc.exact import grouped
from cnncalc.figure_words import SCALES
from cnncalc.memory.report import MOMENTUM, AsTaught, TaughtNetwork, TaughtPart, factors, total
from cnncalc.render.memory.words import optimizer_with_options
from cnncalc.render.taught.tables import TaughtRow, TaughtTable, written

EXERCISE = "Hands-On Machine Learning, exercise"
COURSE = "CS231n notes"
NOTES_FACTOR = "For a prediction, and in `cnncalc inspect`, cnncalc prints the notes' 3, with momentum."
NAMES = {
    "activations and gradients": "activations",
    "parameters and copies": "parameters",
    "neighbours": "neighbours",
}


def sums(report: AsTaught) -> Iterator[TaughtTable]:
    """Every sum: the textbook's, then the course's."""
    for network in report.networks:
        what = "one prediction" if network.mode == "inference" else f"training on {_images(network)}"
        yield _table(f"{EXERCISE}: {what}, at least", network.exercise, network, _on_the_exercise(network))
    for network in report.networks:
        many = _images(network)
        if network.mode == "training":
            yield _table(f"{COURSE}: training on {many}", network.course, network, _on_training(network))
            continue
        yield _table(f"{COURSE}: a prediction for {many}", network.course, network, _on_a_prediction(network))
        near = f"{COURSE}: a prediction for {many} that keeps only the current activations"
        yield _table(near, network.current, network, (_near(network),))


def copies(network: TaughtNetwork) -> str:
    """What is stored for each parameter: `parameters, gradients, exp_avg, exp_avg_sq`."""
    return ", ".join(("parameters", "gradients", *network.learning.state))


def _images(network: TaughtNetwork) -> str:
    return "1 image" if network.batch == 1 else f"{grouped(network.batch)} images"


def _table(
    title: str, parts: tuple[TaughtPart, ...], network: TaughtNetwork, notes: tuple[str, ...]
) -> TaughtTable:
    rows = [
        TaughtRow(NAMES.get(part.key, part.key), formula := _formula(part), part.nbytes, None, formula)
        for part in parts
    ]
    return TaughtTable(title, (*rows, TaughtRow("total", "", total(parts))), network.value_bytes, notes)


def _formula(part: TaughtPart) -> str:
    """`2*50*10,520,000`, or `50*(6,000,000 + 3,000,000)`; nothing where it is one number."""
    factors = [grouped(factor) for factor in part.factors]
    terms = " + ".join(grouped(term) for term in part.terms)
    if not factors:
        return terms if len(part.terms) > 1 else ""
    return "*".join([*factors, f"({terms})" if len(part.terms) > 1 else terms])


def _on_the_exercise(network: TaughtNetwork) -> tuple[str, ...]:
    if network.mode == "inference":
        return (_near(network),)
    early = network.rounded_first
    if early is None:
        return ()
    return (
        f"Rounded first, as the book does: {early.each:,.1f} MB for the {early.exact:,.2f} MB of one image, "
        f"{grouped(network.batch)}*{early.each:,.1f} MB = {early.volumes:,.10g} MB, and "
        f"{early.total:,.1f} MB in total.",
    )


def _near(network: TaughtNetwork) -> str:
    names = [volume.name for volume in network.neighbours]
    listed = ", ".join(names[:-1]) + " and " * (len(names) > 1) + names[-1] if names else "none"
    return f"Neighbours: {listed}, the largest volumes that one layer reads and writes."


def _on_a_prediction(network: TaughtNetwork) -> tuple[str, ...]:
    return (_divided(total(network.course)),)


def _on_training(network: TaughtNetwork) -> tuple[str, ...]:
    learning = network.learning
    doubled = 2 * network.batch * (network.volume_bytes + network.image_bytes)
    others = ", ".join(f"{name} {factor}" for name, factor in factors().items())
    optimizer = optimizer_with_options(learning.optimizer or "", learning.options)
    of_the_notes = () if learning.factor == MOMENTUM.factor else (NOTES_FACTOR,)
    return (
        _divided(total(network.course)),
        "Activations count 2 times: values and gradients. "
        f"Parameters count {learning.factor} times with {optimizer}: {copies(network)}.",
        f"By optimizer: {others}.",
        *of_the_notes,
        "`cnncalc inspect` doubles the images too, though they have no gradient: "
        f"{written(doubled)} of activations.",
    )


def _divided(nbytes: int) -> str:
    """The notes' way to a readable size: `12,000 bytes /1024 = 11.72 KiB`."""
    text, value = f"{grouped(nbytes)} bytes", float(nbytes)
    factor, (_, *units) = SCALES["iec"]
    for unit in units:
        if value < factor:
            break
        value /= factor
        text += f" /{factor} = {value:,.2f} {unit}"
    return text
