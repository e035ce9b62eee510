"""What the script of the page computes memory from."""

from collections.abc import Sequence
from typing import Any

from cnncalc.drawing.timeline import HUE_OF
from cnncalc.memory import CATEGORIES, Estimate
from cnncalc.memory.compact import compact_record
from cnncalc.memory.device import CONTEXT_RESERVE, GPU, cublas, known_gpus
from cnncalc.render.figures import chosen_units
from cnncalc.render.memory.words import CATEGORY_WORDS, describe_setup
from cnncalc.webpage.memory.computed import ComputedBatch

# The largest batch that can be chosen, unless a larger one was asked for.
MOST = 512


def script_data(
    runs: Sequence[Estimate],
    computed: Sequence[Sequence[ComputedBatch]],
    batch: int,
    gpu: GPU | None = None,
) -> dict[str, Any]:
    """The record of the runs, their words, and the GPUs that they may be run on. The first run is chosen first.

    `gpu` is chosen first.
    """
    gpus = known_gpus() if runs[0].setup.backend.name == "cuda" else ()
    return {
        "record": compact_record(runs, max(MOST, batch)).asdict(),
        "words": [" · ".join(describe_setup(run.setup, run.graph)) for run in runs],
        "modes": [run.setup.mode for run in runs],
        "reserved": [
            {str(done.batch): done.reserved for done in batches if done.reserved is not None}
            for batches in computed
        ],
        "batch": batch,
        "categories": [[CATEGORY_WORDS[name], HUE_OF[name]] for name in CATEGORIES],
        # Each with its memory, and the workspace of cuBLAS on it.
        "gpus": [[each.name, each.memory, cublas(each.capability).size.low] for each in gpus],
        "gpu": gpus.index(gpu) if gpu in gpus else None,
        "reserve": CONTEXT_RESERVE,
        "units": chosen_units(),
    }
