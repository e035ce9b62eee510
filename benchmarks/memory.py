"""Memory: the peak of a network, before it runs.

`cnncalc memory resnet152 --mode training`, the whole process, compared with `inspect` of the same network. Then the
replay of DenseNet-121's training step in process, from the graph to the peak, and PyTorch's tracker on the same step:
torch.distributed._tools.mem_tracker.MemTracker follows fake tensors through two steps of the model, for which it needs
PyTorch and the model. Last `fit`, the whole process: the largest batches and what would make room for more.
"""

from collections.abc import Iterator

from benchmarks._bench import Bench, cnncalc, python
from benchmarks._row import Row, at_most, ratio_at_most

INSPECT, MEMORY = "`inspect resnet152`", "`memory resnet152 --mode training`"
FIT, FIT_TIGHT = "`fit resnet50 --memory 12GiB`", "`fit vgg16 --memory 4GiB`"


def rows(bench: Bench) -> Iterator[Row]:
    network = "resnet18" if bench.quick else "densenet121"
    replay, tracker = f"replay of {network}'s training step", f"MemTracker on {network}'s training step"
    commands = {
        INSPECT: cnncalc("inspect", "resnet152"),
        MEMORY: cnncalc("memory", "resnet152", "--mode", "training"),
        FIT: cnncalc("fit", "resnet50", "--memory", "12GiB"),
        FIT_TIGHT: cnncalc("fit", "vgg16", "--memory", "4GiB"),
        replay: python("-m", "benchmarks._replay", network, "replay", kept=True),
        tracker: python("-m", "benchmarks._replay", network, "tracker", runs=3, kept=True),
    }
    samples = bench.run_all(commands, 11)
    inspect = samples[INSPECT].milliseconds
    yield Row(INSPECT, "ms", inspect)
    yield Row(MEMORY, "ms", samples[MEMORY].milliseconds, INSPECT, inspect.median, ratio_at_most(2))
    replayed = samples[replay].printed(0)
    yield Row(replay, "ms", replayed, target=at_most(20))
    yield Row(tracker, "ms", samples[tracker].printed(0), replay, replayed.median)
    for what in (FIT, FIT_TIGHT):
        yield Row(what, "ms", samples[what].milliseconds, INSPECT, inspect.median, at_most(500))
    yield Row(f"peak memory of {MEMORY}", "MiB", samples[MEMORY].mebibytes)
