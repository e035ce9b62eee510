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
            "params": sum(one.size for one in facts.weights),
            "weights": sum(one.size for one in facts.weights if not one.is_bias),
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
                "formula": at.formula,
                "value": at.quotient,
                "output": at.output,
                "remainder": at.remainder,
                "overlap": common,
            }
            for axis, at, common in zip(facts.volume.axes, facts.windows, facts.overlap, strict=False)
        ],
        "values": {"input": facts.volume.size, "output": facts.output.size, "kept": _kept(facts)},
        "shared": facts.is_shared if isinstance(facts.layer, Convolution) else None,
        "otherwise_shared": _counts(other) if other else None,
        "field": _field(facts),
        "matrices": [_matrix(facts, one) for one in facts.matrices],
        "as_fully_connected": _dense(facts),
        "backward": _backward(facts),
        "reads": {
            "rule": slices.rule(facts) if facts.tells_reads and facts.windows else None,
            "padding": slices.padding(facts) if facts.tells_reads else None,
            "places": list(map(_reads, facts.reads)) if facts.tells_reads else [],
        },
    }


def problem(found: Problem) -> dict[str, Any]:
    """What is wrong, as `cnncalc window` says it."""
    return {
        "code": found.fault.code,
        "name": found.fault.name,
        "severity": (found.severity or found.fault.severity).word,
        "message": found.message,
        "notes": list(found.notes),
        "help": found.help,
    }


def _kept(facts: LayerFacts) -> float | None:
    return facts.output.size / facts.volume.size if facts.picks else None


def _counts(weights: tuple[Weight, ...]) -> dict[str, int]:
    return {
        "weights": sum(one.size for one in weights if not one.is_bias),
        "params": sum(one.size for one in weights),
    }


def _field(facts: LayerFacts) -> dict[str, list[int]] | None:
    """What one output value sees of the input itself."""
    if not facts.windows:
        return None
    return {
        "size": [at.extent for at in facts.windows],
        "stride": [at.stride for at in facts.windows],
        "start": [-at.before for at in facts.windows],
    }


def _matrix(facts: LayerFacts, one: Matrix) -> dict[str, Any]:
    batch = 1 if one.holds == "weights" else facts.batch
    of = {"input": facts.volume.size, "parts of the output": facts.output.size}.get(one.holds)
    return {
        "name": one.name,
        "holds": one.holds,
        "rows": one.rows,
        "columns": one.columns,
        "times": one.times,
        "each": one.each or None,
        "values": one.values,
        "bytes": facts.nbytes(one.values) // facts.batch * batch,
        "factor": None if of is None else one.values / of,
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
    told = facts.backward
    found: dict[str, Any] = {
        "data_macs": told.data,
        "weights_macs": told.weights,
        "macs": told.total,
        "training_step_macs": facts.macs + told.total,
        "data": {"from": facts.output.asdict(), "to": facts.volume.asdict()},
        "weights": {one.name: list(one.shape) for one in facts.weights},
    }
    if isinstance(facts.layer, Convolution):
        found["data"]["zeros_between"] = [at.stride - 1 for at in facts.windows]
        found["data"]["padding"] = [[at.before, at.after] for at in gradient_windows(facts.windows)]
    return found


def _reads(one: Reads) -> dict[str, Any]:
    return {
        "position": list(one.place.position),
        "channel": one.place.channel,
        "channels": _range(one.channels),
        "input": None if one.inside is None else list(map(_range, one.inside)),
        "padded_input": None if one.padded is None else list(map(_range, one.padded)),
    }


def _range(taps: range) -> dict[str, int]:
    return {"start": taps.start, "stop": taps.stop, "step": taps.step}
