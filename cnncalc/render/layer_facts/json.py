"""The facts of a layer as JSON: version 1, which only grows."""

from math import prod
from typing import Any

from cnncalc.analysis.layer_facts import LayerFacts, Reads
from cnncalc.layers import Problem, Weight
from cnncalc.render.json_text import dumped
from cnncalc.render.layer_facts import LayerPage
from cnncalc.render.layer_lines import slices
from cnncalc.render.layer_lines.page import page as lines_of
from cnncalc.vocabulary.convolution import Convolution
from cnncalc.vocabulary.flipped import gradient_windows
from cnncalc.vocabulary.matrix import Matrix

VERSION = 1


def render(page: LayerPage) -> str:
    """One object: the figures, each line of the page, and what is wrong. Without an output only that."""
    facts = page.facts
    content: dict[str, Any] = {"version": VERSION, "explains": "layer", "title": page.title}
    if facts is not None:
        work = facts.layer.work(facts.fit.inputs)
        content |= {
            "type": facts.layer.key,
            "label": facts.layer.label(facts.fit.inputs),
            "input": facts.volume.asdict(),
            "output": facts.output.asdict(),
            "activations": facts.output.size,
            "activation_bytes": facts.nbytes(facts.output.size),
            "params": sum(item.size for item in facts.weights),
            "weights": sum(item.size for item in facts.weights if not item.is_bias),
            "macs": facts.macs,
            "work": work._asdict(),
            "dtype": facts.dtype,
            "batch": facts.batch,
            "layer_facts": structured(facts),
            "facts": [{"name": name, "text": text} for name, text in lines_of(page.facts)],
        }
    return dumped({**content, "diagnostics": list(map(problem, page.problems))})


def structured(facts: LayerFacts) -> dict[str, Any]:
    """The facts as numbers; a section that the layer does not have is null."""
    other = facts.other_weights
    return {
        "neurons": facts.output.size,
        "weights_of_a_neuron": prod(facts.weights_of_a_neuron) if facts.weights_of_a_neuron else None,
        "windows": [
            {
                "axis": axis,
                "formula": index.formula,
                "value": index.quotient,
                "output": index.output,
                "remainder": index.remainder,
                "overlap": common,
            }
            for axis, index, common in zip(facts.volume.axes, facts.windows, facts.overlap, strict=False)
        ],
        "values": {"input": facts.volume.size, "output": facts.output.size, "kept": _kept(facts)},
        "shared": facts.is_shared if isinstance(facts.layer, Convolution) else None,
        "otherwise_shared": _counts(other) if other else None,
        "field": _field(facts),
        "matrices": [_matrix(facts, item) for item in facts.matrices],
        "as_fully_connected": _dense(facts),
        "backward": _backward(facts),
        "reads": {
            "rule": slices.rule(facts) if facts.tells_reads and facts.windows else None,
            "padding": slices.padding(facts) if facts.tells_reads else None,
            "places": list(map(_reads, facts.reads)) if facts.tells_reads else [],
        },
    }


def problem(result: Problem) -> dict[str, Any]:
    """What is wrong, as `cnncalc window` says it."""
    return {
        "code": result.fault.code,
        "name": result.fault.name,
        "severity": (result.severity or result.fault.severity).word,
        "message": result.message,
        "notes": list(result.notes),
        "help": result.help,
    }


def _kept(facts: LayerFacts) -> float | None:
    return facts.output.size / facts.volume.size if facts.picks else None


def _counts(weights: tuple[Weight, ...]) -> dict[str, int]:
    return {
        "weights": sum(item.size for item in weights if not item.is_bias),
        "params": sum(item.size for item in weights),
    }


def _field(facts: LayerFacts) -> dict[str, list[int]] | None:
    """What one output value sees of the input itself."""
    if not facts.windows:
        return None
    return {
        "size": [index.extent for index in facts.windows],
        "stride": [index.stride for index in facts.windows],
        "start": [-index.before for index in facts.windows],
    }


def _matrix(facts: LayerFacts, item: Matrix) -> dict[str, Any]:
    batch = 1 if item.holds == "weights" else facts.batch
    of = {"input": facts.volume.size, "parts of the output": facts.output.size}.get(item.holds)
    return {
        "name": item.name,
        "holds": item.holds,
        "rows": item.rows,
        "columns": item.columns,
        "times": item.times,
        "each": item.each or None,
        "values": item.values,
        "bytes": facts.nbytes(item.values) // facts.batch * batch,
        "factor": None if of is None else item.values / of,
    }


def _dense(facts: LayerFacts) -> dict[str, Any] | None:
    matrix = facts.connections
    if matrix is None:
        return None
    return {
        "rows": matrix.rows,
        "columns": matrix.columns,
        "entries": matrix.entries,
        "not_zero": matrix.used,
        "zeros": matrix.zeros,
        "share_of_zeros": matrix.zeros / matrix.entries,
    }


def _backward(facts: LayerFacts) -> dict[str, Any] | None:
    if not facts.macs:
        return None
    reported = facts.backward
    result: dict[str, Any] = {
        "data_macs": reported.data,
        "weights_macs": reported.weights,
        "macs": reported.total,
        "training_step_macs": facts.macs + reported.total,
        "data": {"from": facts.output.asdict(), "to": facts.volume.asdict()},
        "weights": {item.name: list(item.shape) for item in facts.weights},
    }
    if isinstance(facts.layer, Convolution):
        result["data"]["zeros_between"] = [index.stride - 1 for index in facts.windows]
        result["data"]["padding"] = [[index.before, index.after] for index in gradient_windows(facts.windows)]
    return result


def _reads(item: Reads) -> dict[str, Any]:
    return {
        "position": list(item.place.position),
        "channel": item.place.channel,
        "channels": _range(item.channels),
        "input": None if item.inside is None else list(map(_range, item.inside)),
        "padded_input": None if item.padded is None else list(map(_range, item.padded)),
    }


def _range(taps: range) -> dict[str, int]:
    return {"start": taps.start, "stop": taps.stop, "step": taps.step}
