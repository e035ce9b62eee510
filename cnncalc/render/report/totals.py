"""The totals below the table, for people: with units, and with figures that are unknown after an error."""

import re
from textwrap import wrap
from typing import TYPE_CHECKING

from cnncalc.analysis import Totals
from cnncalc.analysis.unknown import is_known
from cnncalc.exact import counted, grouped
from cnncalc.render.figures import UNKNOWN, exact, many, short, size
from cnncalc.report import Report
from cnncalc.vocabulary.families import LINEAR, RECURRENT

if TYPE_CHECKING:
    from cnncalc.analysis.depth import Depth

MARGIN = "  "


def totals(report: Report, width: int | None = None) -> list[str]:
    """The totals with units; a long line continues below, indented to its start."""
    lines = named_totals(report)
    names = max(len(name) for name, _ in lines)
    return [line for name, text in lines for line in _fitted(f"{name.ljust(names)}   ", text, width)]


def named_totals(report: Report) -> list[tuple[str, str]]:
    """The totals with units, each after its name; of a network that is not fully known what they are at least."""
    analysis, sums = report.analysis, report.analysis.totals
    if sums.inexact:
        return _unknown(report)
    lines = [
        ("activations", _activations(sums, analysis.batch)),
        ("weights", f"{exact(sums.weights)}; parameters {exact(sums.params)} = {size(sums.param_bytes)}"
         f", x3 with momentum {size((sums.param_bytes or 0) * 3)}"),
    ]  # fmt: skip
    if sums.trainable_params != sums.params:
        lines.append(("trainable", f"{exact(sums.trainable_params)} parameters"))
    if sums.buffers:
        lines.append(
            ("buffers", f"{exact(sums.buffers)} values = {size(sums.buffer_bytes)} (saved, not learned)")
        )
    lines.append(
        ("MACs", f"{_spaced(sums.macs)} an image (products of conv, fc and matmul; 1 MAC = 2 FLOPs)")
    )
    if analysis.graph.mode == "training" and (backward := analysis.backward_macs) is not None:
        step = f"{_spaced((sums.macs or 0) + backward.total)} MACs an image: forward {_spaced(sums.macs)}"
        step += f", gradients of data {_spaced(backward.data)}, of weights {_spaced(backward.weights)}"
        lines.append(("training step", step))
    if analysis.depth is not None and sums.weight_layers:
        families = {node.fit.layer.family for node in analysis.graph.layers if node.fit is not None}
        lines.append(("depth", _depth(analysis.depth, sums.weight_layers, families)))
    return lines


def _depth(depth: "Depth", in_all: int, families: set[str]) -> str:
    """`152 layers with weights on the longest path (151 convs, 1 fc), 6 on the shortest, 156 in all`."""
    longest, shortest = depth.longest, depth.shortest
    others = longest.layers - longest.convs
    other = counted(others, "fc" if LINEAR in families else "recurrent layer")
    if {LINEAR, RECURRENT} <= families:
        other = "1 fc or recurrent layer" if others == 1 else f"{exact(others)} fcs and recurrent layers"
    kinds = [counted(longest.convs, "conv")] * bool(longest.convs) + [other] * bool(others)
    text = f"{counted(longest.layers, 'layer')} with weights on the longest path ({', '.join(kinds)})"
    if shortest != longest:
        text += f", {exact(shortest.layers)} on the shortest"
    if in_all != longest.layers:
        text += f", {exact(in_all)} in all"
    if depth.bodies:
        mean = "" if depth.expected is None else f"{float(depth.expected):,.4g} on average in training: "
        bodies = "body runs" if depth.bodies == 1 else "bodies run"
        text += f"; {mean}{float(depth.bodies_run):,.4g} of {grouped(depth.bodies)} residual {bodies}"
    return text


def _unknown(report: Report) -> list[tuple[str, str]]:
    """The totals of a network that is not fully known: the least value of each, and the layer that is the reason."""
    inexact = report.analysis.totals.inexact

    def least(name: str) -> str:
        if name not in inexact:
            return exact(getattr(report.analysis.totals, name))
        known = inexact[name].at_least
        return f"{UNKNOWN} (at least {exact(known)})" if known else UNKNOWN

    layer = next(iter(inexact.values())).layer
    unknown = sum(not is_known(node) for node in report.analysis.graph.layers)
    if layer is None:
        why = "because of an error, this may not be the right network"
    elif layer in report.analysis.graph.by_name and report.analysis.graph[layer].opaque:
        why = f"{layer} is an operation without a layer here, and the spec does not state all of its figures"
    elif unknown <= 1:
        why = f"{layer} is unknown, because of an error"
    else:
        why = f"{counted(unknown, 'layer')} are unknown, from {layer} on, because of an error"
    return [
        ("activations", f"{least('activations')} values an image"),
        ("weights", f"{least('weights')}; parameters {least('params')}"),
        ("MACs", f"{least('macs')} an image"),
        ("unknown", why),
    ]


def _fitted(begin: str, text: str, width: int | None) -> list[str]:
    """A text after its name, broken between words if the page is narrow: a figure keeps its unit."""
    if width is None or len(MARGIN) + len(begin) + len(text) <= width:
        return [begin + text]
    pieces = broken(text, max(20, width - len(MARGIN) - len(begin)))
    return [begin + pieces[0], *(" " * len(begin) + piece for piece in pieces[1:])]


def broken(text: str, room: int, indent: str = "") -> list[str]:
    """Lines of this length, broken between words: a figure keeps its unit. All but the first are indented."""
    held = re.sub(r"(?<=\d) (?=\w)|(?<==) | (?==)", "\N{NO-BREAK SPACE}", text)
    lines = wrap(held, room, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _spaced(count: int | None) -> str:
    """`15.47 G`, `203,328`."""
    text = short(count)
    return f"{text[:-1]} {text[-1]}" if text[-1].isalpha() else text


def _activations(sums: Totals, batch: int) -> str:
    an_image = (sums.activation_bytes or 0) // batch
    text = (
        f"{many(sums.activations, 'value')} = {size(an_image)} an image, forward; "
        f"{size(2 * an_image)} with their gradients"
    )
    if batch > 1:
        text += f"; a batch of {batch}: {size(batch * an_image)} and {size(2 * batch * an_image)}"
    return text
