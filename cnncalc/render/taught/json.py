"""The sums of `memory --as-taught` as JSON: version 1, which only grows."""

from typing import Any

from cnncalc.memory.report import (
    AsTaught,
    TaughtNetwork,
    TaughtParameters,
    TaughtPart,
    Volume,
    factors,
    total,
)
from cnncalc.render.json_text import diagnostic, dumped

VERSION = 1


def render(report: AsTaught) -> str:
    """One object. After an error both modes are null."""
    graph = report.graph
    networks = {network.mode: network for network in report.networks}
    training = networks.get("training")
    content = {
        "version": VERSION,
        "name": graph.spec.name,
        "source": graph.spec.origin,
        "file": graph.spec.file,
        "batch": report.batch,
        "dtype": report.dtype,
        "optimizer": _learning(training) if training else None,
        **{
            mode: _network(networks[mode]) if mode in networks else None for mode in ("inference", "training")
        },
        "not_checked": graph.not_checked,
        "expect_not_checked": graph.unchecked.expects,
        "diagnostics": list(map(diagnostic, report.diagnostics)),
    }
    return dumped(content) + "\n"


def _learning(network: TaughtNetwork) -> dict[str, Any]:
    learning = network.learning
    return {
        "name": learning.optimizer,
        "state": list(learning.state),
        "factor": learning.factor,
        "factors": factors(),
    }


def _network(network: TaughtNetwork) -> dict[str, Any]:
    """What goes into the sums, then these."""
    content: dict[str, Any] = {
        "value_bytes": network.value_bytes,
        "images": list(map(_volume, network.images)),
        "volumes": list(map(_volume, network.volumes)),
        "parameters": list(map(_learned, network.learned)),
        "image_bytes": network.image_bytes,
        "volume_bytes": network.volume_bytes,
        "param_bytes": network.param_bytes,
        "neighbours": [volume.name for volume in network.neighbours],
        "exercise": _sum(network.exercise),
        "course": _sum(network.course),
    }
    if network.mode == "inference":
        return content | {"current_activations": _sum(network.current)}
    early = network.rounded_first
    return content | {
        "rounded_first_megabytes": None if early is None else early._asdict(),
        "doubled_bytes": 2 * network.batch * (network.volume_bytes + network.image_bytes),
    }


def _volume(volume: Volume) -> dict[str, Any]:
    return {
        "layer": volume.name,
        "output": volume.shape.asdict(),
        "values": volume.shape.size,
        "bytes": volume.nbytes,
    }


def _learned(layer: TaughtParameters) -> dict[str, Any]:
    return {
        "layer": layer.name,
        "tensors": [
            {"name": weight.name, "formula": weight.formula, "values": weight.size}
            for weight in layer.weights
        ],
        "values": layer.size,
        "bytes": layer.nbytes,
    }


def _sum(parts: tuple[TaughtPart, ...]) -> dict[str, Any]:
    """Each part is the product of its factors, times the sum of its terms."""
    return {
        "parts": [
            {"name": part.key, "factors": list(part.factors), "terms": list(part.terms), "bytes": part.nbytes}
            for part in parts
        ],
        **_sizes(total(parts)),
    }


def _sizes(nbytes: int) -> dict[str, Any]:
    return {"bytes": nbytes, "megabytes": nbytes / 1000**2, "mebibytes": nbytes / 1024**2}
