"""The library on one file, timed from within: `python -m benchmarks._inside FILE WAY`. Prints seconds.

What is imported on first use is imported before; what cnncalc remembers between calls is not there for this file,
which is read once.
"""

import gc
import sys
from time import perf_counter

import cnncalc
from cnncalc.api import read_path
from cnncalc.graph import build


def whole(path: str) -> tuple[float, ...]:
    """Every figure of every layer, as a program that uses the library asks for them."""
    figures(cnncalc.load(warm_up(path)))
    start = perf_counter()
    graph = cnncalc.load(path)
    figures(graph)
    end = perf_counter()
    if not graph.ok:
        raise SystemExit("the spec has faults")
    return (end - start,)


def uncollected(path: str) -> tuple[float, ...]:
    """The same as the command line does it: without collecting cycles. And its parts: read, build, analyse."""
    figures(cnncalc.load(warm_up(path)))
    gc.disable()
    start = perf_counter()
    spec = read_path(path)
    read = perf_counter()
    graph = build(spec)
    built = perf_counter()
    figures(graph)
    end = perf_counter()
    return end - start, read - start, built - read, end - built


def warm_up(path: str) -> str:
    """A short spec with every kind of item that the file has, so that all modules are loaded."""
    with open(path, encoding="utf-8") as file:
        head, _, items = file.read().partition("layers:\n")
    fields: dict[str, str] = {}
    for item in items.split("  - ")[1:]:
        fields.setdefault(item.split(":")[0].split("\n")[0], item)
    return f"{head}layers:\n" + "".join(f"  - {item}" for item in fields.values())


def figures(graph: cnncalc.Graph) -> None:
    """Make every pass."""
    analysis = cnncalc.analyse(graph)
    assert analysis.totals
    assert analysis.receptive_fields


def pyyaml(path: str) -> tuple[float, ...]:
    """PyYAML's fastest loader on the same text: plain lists and dictionaries without places."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    start = perf_counter()
    with open(path, encoding="utf-8") as file:
        yaml.load(file.read(), loader)
    return (perf_counter() - start,)


def pyyaml_events(path: str) -> tuple[float, ...]:
    """Only PyYAML's events, nothing made of them: what no reader on top of it can go below."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    start = perf_counter()
    with open(path, encoding="utf-8") as file:
        for _ in yaml.parse(file.read(), loader):
            pass
    return (perf_counter() - start,)


WAYS = {"whole": whole, "uncollected": uncollected, "pyyaml": pyyaml, "pyyaml-events": pyyaml_events}

if __name__ == "__main__":
    print(*WAYS[sys.argv[2]](sys.argv[1]))
