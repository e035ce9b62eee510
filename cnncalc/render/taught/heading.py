"""The heading of `memory --as-taught`."""

from cnncalc.exact import grouped
from cnncalc.memory.report import AsTaught
from cnncalc.render.memory.words import optimizer_with_options
from cnncalc.text import escaped


def heading(report: AsTaught) -> list[str]:
    """Name, inputs, batch and type; the mode where it is only one, and the optimizer of training."""
    graph = report.graph
    parts = [
        escaped(graph.spec.name) if graph.spec.name else graph.spec.file,
        ", ".join(f"{node.name} {node.shape or '?'}" for node in graph.inputs),
        f"batch {grouped(report.batch)}",
        report.dtype,
    ]
    if len(report.networks) == 1:
        parts.append(report.networks[0].mode)
    learning = [network.learning for network in report.networks if network.mode == "training"]
    parts += [optimizer_with_options(item.optimizer, item.options) for item in learning if item.optimizer]
    return [part for part in parts if part]
