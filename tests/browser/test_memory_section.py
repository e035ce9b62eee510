"""The memory of a report in a browser: its figures are those of `cnncalc memory`, for every batch that is chosen."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.memory import Estimate, Setup
from cnncalc.render.figures import exact, size
from cnncalc.render.memory.words import describe_moment, describe_setup
from cnncalc.webpage import ReportedNetwork, report_page
from cnncalc.webpage.memory import offered_runs
from tests.browser._axe import violations
from tests.browser._opening import Pages

pytestmark = pytest.mark.browser

ANSWER = ".memory-answer"
MOMENT = ".memory-moment"
BATCH = "Images in a batch"
NORM_OF_ONE_POSITION = "{cnncalc: 1, input: 8x8x3, layers: [{conv: 4}, global_avgpool, bn, {fc: 2}]}"
TWO_DEVICES = """\
cnncalc: 1
input: 8x8x3
layers:
  - {conv: 4, name: first, place: gpu0}
  - {conv: 6, name: second, place: gpu1}
"""


@cache
def network(name: str, batch: int = 4) -> ReportedNetwork:
    graph = cnncalc.load(name, mode="training")
    own = Estimate(graph, Setup(optimizer="adam"))
    refused = own.refusal(batch) is not None
    return ReportedNetwork(
        Analysis(graph), estimate=None if refused else own, batch=batch, runs=offered_runs(own)
    )


def written(reported: ReportedNetwork, folder: Path) -> Path:
    path = folder / "report.html"
    path.write_text(report_page([reported]), encoding="utf-8")
    return path


def words(run: Estimate) -> str:
    return " · ".join(describe_setup(run.setup, run.graph))


def peak_words(run: Estimate, batch: int) -> str:
    """What `cnncalc memory` says of the peak."""
    peak = run.peak(batch)
    layer = None if peak.node is None else run.graph.nodes[peak.node].name
    where = describe_moment(peak.phase, layer)
    return f"{size(peak.nbytes)} allocated at the peak ({exact(peak.nbytes)} bytes), {where}"


def choose_batch(page: Any, batch: int) -> None:
    page.get_by_label("Images in a batch, as a number").fill(str(batch))


@pytest.mark.parametrize("name", ["resnet18", pytest.param("vit_b_32", marks=pytest.mark.long)])
def test_every_run_and_batch_has_the_figures_of_the_command(name: str, tmp_path: Path, pages: Pages) -> None:
    reported = network(name)
    page = pages.open(written(reported, tmp_path))
    for run in reported.runs:
        page.get_by_label("Run").select_option(label=words(run))
        for batch in (1, 2, 33, 128, 512):
            choose_batch(page, batch)
            answer = page.locator(ANSWER).inner_text()
            assert peak_words(run, batch) in answer
            reserved = run.reserved(batch)
            assert reserved is not None
            assert (f"{size(reserved.reserved)} reserved" in answer) == (batch in (1, 128))


def test_the_slider_is_moved_by_keys(tmp_path: Path, pages: Pages) -> None:
    reported = network("lenet5")
    page = pages.open(written(reported, tmp_path))
    slider = page.get_by_label(BATCH, exact=True)
    slider.focus()
    for key, batch in (("ArrowRight", 5), ("ArrowLeft", 4), ("Home", 1), ("End", 512)):
        slider.press(key)
        assert peak_words(reported.runs[0], batch) in page.locator(ANSWER).inner_text()


@pytest.mark.long
def test_a_number_that_is_no_batch_changes_nothing(tmp_path: Path, pages: Pages) -> None:
    page = pages.open(written(network("lenet5"), tmp_path))
    before = page.locator(ANSWER).inner_text()
    box = page.get_by_label("Images in a batch, as a number")
    for text in ("", "0", "513", "2.5", "-3"):
        box.fill(text)
        assert box.get_attribute("aria-invalid") == "true"
        assert page.locator(ANSWER).inner_text() == before
    box.blur()
    assert box.input_value() == "4"


def test_keys_and_the_pointer_show_what_is_held_at_a_moment(tmp_path: Path, pages: Pages) -> None:
    reported = network("lenet5")
    run = reported.runs[0]
    timeline = run.timeline(4)

    def moment(index: int) -> str:
        node = timeline[index].node
        layer = None if node is None else run.graph.nodes[node].name
        return f"{describe_moment(timeline[index].phase, layer)}: {size(timeline[index].most)}"

    page = pages.open(written(reported, tmp_path))
    assert page.locator(MOMENT).inner_text().endswith(", the peak")
    slider = page.get_by_label("Moment of the step")
    slider.focus()
    for keys, index in (
        (["Home"], 0),
        (["ArrowRight"], 1),
        (["ArrowRight"], 2),
        (["End"], len(timeline) - 1),
    ):
        for key in keys:
            slider.press(key)
        assert page.locator(MOMENT).inner_text().startswith(moment(index))
        assert slider.get_attribute("aria-valuetext") == moment(index)
    box = page.locator(".memory-place").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 78, box["y"] + 100)
    assert page.locator(MOMENT).inner_text().startswith(moment(0))
    page.get_by_role("button", name="to the peak").click()
    assert page.locator(MOMENT).inner_text().endswith(", the peak")


@pytest.mark.long
def test_selecting_a_layer_of_a_tensor_selects_it_in_the_page(tmp_path: Path, pages: Pages) -> None:
    page = pages.open(written(network("lenet5"), tmp_path))
    assert page.locator(".memory-chart .marked").count() == 0
    button = page.locator(".memory-tables .pick").first
    layer = button.inner_text()
    button.click()
    assert page.evaluate("location.hash") == f"#{layer}"
    assert page.locator(".memory-chart .marked").count() >= 1


@pytest.mark.long
def test_a_link_to_a_layer_goes_to_its_highest_moment(tmp_path: Path, pages: Pages) -> None:
    reported = network("lenet5")
    layer = reported.graph.layers[2].name
    page = pages.open(written(reported, tmp_path), fragment=f"#{layer}")
    timeline = reported.runs[0].timeline(4)
    most = max(
        (each for each in timeline if each.node == reported.graph.layers[2].index), key=lambda each: each.most
    )
    assert (
        page.locator(MOMENT)
        .inner_text()
        .startswith(f"{describe_moment(most.phase, layer)}: {size(most.most)}")
    )


@pytest.mark.long
def test_a_gpu_that_is_too_small_is_said_to_be(tmp_path: Path, pages: Pages) -> None:
    page = pages.open(written(network("resnet18"), tmp_path))
    page.get_by_label("GPU").select_option(label="GeForce RTX 2060 6GB")
    # The allocator was replayed for this batch.
    choose_batch(page, 8)
    assert "A batch of 8 images fits on GeForce RTX 2060 6GB: " in page.locator(ANSWER).inner_text()
    choose_batch(page, 9)
    assert (
        "The tensors of a batch of 9 images fit on GeForce RTX 2060 6GB" in page.locator(ANSWER).inner_text()
    )
    choose_batch(page, 512)
    answer = page.locator(ANSWER).inner_text()
    assert "A batch of 512 images does not fit on GeForce RTX 2060 6GB" in answer
    assert "5.50 GiB are counted on: 6.00 GiB less 512.00 MiB" in answer


def test_a_batch_that_pytorch_refuses_has_its_reason_and_no_figures(tmp_path: Path, pages: Pages) -> None:
    reported = network(NORM_OF_ONE_POSITION, 1)
    page = pages.open(written(reported, tmp_path))
    refusal = reported.runs[0].refusal(1)
    assert refusal is not None
    assert page.locator(ANSWER).inner_text() == f"{refusal.words}."
    assert not page.locator(".memory-chart").is_visible()
    choose_batch(page, 2)
    assert peak_words(reported.runs[0], 2) in page.locator(ANSWER).inner_text()
    assert page.locator(".memory-chart").is_visible()


@pytest.mark.long
def test_of_several_devices_the_one_with_the_highest_peak_is_named(tmp_path: Path, pages: Pages) -> None:
    reported = network(TWO_DEVICES)
    page = pages.open(written(reported, tmp_path))
    for batch in (4, 300):
        choose_batch(page, batch)
        device = reported.runs[0].device(batch)
        assert f"{peak_words(reported.runs[0], batch)}, on {device}." in page.locator(ANSWER).inner_text()


@pytest.mark.long
def test_without_a_script_there_is_a_picture_and_a_table(tmp_path: Path, pages: Pages) -> None:
    reported = network("lenet5")
    page = pages.open(written(reported, tmp_path), java_script_enabled=False)
    picture = page.locator("[data-still] svg")
    assert picture.is_visible()
    assert picture.bounding_box()["width"] > 500  # type: ignore[index]
    table = page.locator(".memory-computed").inner_text()
    for run in reported.runs:
        assert words(run) in table
        assert size(run.peak(128).nbytes) in table
    # Nothing can be waited for in such a page.
    page.context.close()


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.long)])
@pytest.mark.parametrize("name", ["lenet5", pytest.param(NORM_OF_ONE_POSITION, marks=pytest.mark.long)])
def test_axe_finds_nothing(theme: Any, name: str, tmp_path: Path, pages: Pages) -> None:
    page = pages.open(written(network(name, 1), tmp_path), theme=theme)
    assert violations(page) == []
    page.get_by_label("GPU").select_option(label="GeForce RTX 2060 6GB")
    choose_batch(page, 8)
    page.locator(".memory-tables .pick").first.click()
    assert violations(page) == []


@pytest.mark.parametrize(
    "width", [320, *(pytest.param(width, marks=pytest.mark.long) for width in (768, 1280, 2560))]
)
def test_nothing_is_wider_than_the_window(width: int, tmp_path: Path, pages: Pages) -> None:
    page = pages.open(written(network("resnet18"), tmp_path), width=width)
    page.get_by_label("GPU").select_option(label="GeForce RTX 2060 6GB")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.mark.long
def test_it_prints_the_chart_and_no_controls(tmp_path: Path, pages: Pages) -> None:
    page = pages.open(written(network("lenet5"), tmp_path))
    page.emulate_media(media="print")
    assert page.locator(".memory-chart").is_visible()
    assert not page.locator(".memory-choices").is_visible()
