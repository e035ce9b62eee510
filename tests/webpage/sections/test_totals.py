"""The totals: those of `inspect`, and how exact they are."""

from cnncalc.memory import Estimate, Setup
from cnncalc.render.figures import size
from cnncalc.render.report.totals import named_totals
from cnncalc.report import Report
from cnncalc.webpage.sections.totals import lines
from tests.webpage._read import network


def test_they_are_those_of_inspect() -> None:
    reported = network("vgg16")
    assert set(named_totals(Report(reported.analysis))) <= set(lines(reported))


def test_the_field_is_that_of_the_last_layer_with_positions_and_the_memory_that_of_the_run() -> None:
    reported = network("vgg16", batch=4)
    shown = dict(lines(reported))
    assert shown["receptive field"].startswith("212 pixels at stage5.maxpool1")
    assert shown["memory"].startswith(size(Estimate(reported.graph, Setup(mode="inference")).peak(4).nbytes))
    assert "4 images" in shown["memory"]


def test_unknown_is_never_nothing_and_names_the_cause() -> None:
    shown = dict(
        lines(network("cnncalc: 1\ninput: 8x8x3\nlayers: [conv: 4, conv: {filters: 4, kernel: 9}]\n"))
    )
    assert shown["weights"].startswith("? (at least 12)")
    assert "conv2" in shown["unknown"]
    assert shown["receptive field"].startswith("?")
    assert shown["memory"].startswith("?")


def test_a_network_without_a_layer_has_its_input() -> None:
    assert dict(lines(network("cnncalc: 1\ninput: 8x8x3\nlayers: []\n"))) == {
        "input": "8x8x3 = 192 values",
        "layers": "none",
    }
