"""The runs that a page lets its reader choose from."""

from collections.abc import Iterator, Mapping

from cnncalc.graph import Graph
from cnncalc.memory import Estimate, Setup, impossible
from cnncalc.memory.advice import inference_of

# Optimizers that are offered, with their options.
OPTIMIZERS: tuple[tuple[str, Mapping[str, float]], ...] = (
    ("sgd", {"momentum": 0.9}),
    ("adam", {}),
    ("adamw", {}),
)
AUTOCAST = (None, "float16", "bfloat16")
# A network of more layers has the run that was asked for alone, of that batch: others would take minutes.
LARGE = 2000


def offered_runs(own: Estimate, other: Graph | None = None) -> tuple[Estimate, ...]:
    """The run that was asked for, then predictions and trainings with common optimizers, with and without autocast.

    What else was asked for (devices, checkpoints) holds for all of them, as far as it has a meaning there. `other` is
    the graph in the other mode: it is needed only where the spec has items for one mode. A network of more than `LARGE`
    layers has no others.
    """
    if len(own.graph.nodes) > LARGE:
        return (own,)
    graphs = {own.setup.mode: own.graph}
    mode = "training" if own.setup.mode == "inference" else "inference"
    if other is not None:
        graphs[mode] = other
    elif not own.graph.spec.two_modes:
        graphs[mode] = own.graph._replace(mode=mode)
    return (
        own,
        *(
            Estimate(graphs[setup.mode], setup)
            for setup in _common(own.setup)
            if setup != own.setup
            and setup.mode in graphs
            and graphs[setup.mode].whole
            and impossible(setup, graphs[setup.mode]) is None
        ),
    )


def _common(own: Setup) -> Iterator[Setup]:
    """Common set-ups with the other options of a run, predictions first."""
    training = own.mode == "training"
    prediction = inference_of(own) if training else own
    # A model that is in a lower type already is not cast.
    types = AUTOCAST if own.dtype == "float32" else (None,)
    for autocast in types:
        yield prediction._replace(autocast=autocast)
    for optimizer, options in OPTIMIZERS:
        for autocast in types:
            yield own._replace(mode="training", optimizer=optimizer, options=options, autocast=autocast)
