"""The textbook's five remedies on its own network, and on others: each gives what it promises."""

import json
from pathlib import Path
from typing import Any

import pytest

from cnncalc import zoo
from cnncalc.diagnostic import Edit, Fix, Span, edited
from tests.commands._program import run

# As the exercise asks: out of memory, what could be done?
EXERCISE = ("three_convs", "--memory", "500MiB", "--batch", "50", "--remedies")
# The textbook's list, by the names of remedies.
FIVE = {
    "smaller_batch": "a smaller batch",
    "larger_stride": "a larger stride in a layer",
    "removed_layer": "a layer less",
    "sixteen_bits": "numbers of 16 bits",
    "more_devices": "several devices",
}


def fit(*arguments: str | Path) -> dict[str, Any]:
    ended = run("fit", *arguments, "--format", "json")
    assert ended.err == ""
    output: dict[str, Any] = json.loads(ended.out)
    return output


def text_of(name: str) -> str:
    """The text of a shipped spec."""
    return Path(zoo.folder(), f"{name}.yaml").read_text(encoding="utf-8")


def text_with(entry: dict[str, Any], text: str) -> str:
    """A spec's text with the edits of a remedy."""
    edits = tuple(
        Edit(
            Span(*(edit[name] for name in ("file", "line", "column", "end_line", "end_column"))), edit["text"]
        )
        for edit in entry["edit"]["edits"]
    )
    return edited(text, Fix(entry["edit"]["text"], edits))


@pytest.mark.parametrize("name", FIVE)
def test_every_remedy_is_offered_on_the_book_s_network(name: str) -> None:
    assert name in {entry["name"] for entry in fit(*EXERCISE)["remedies"]}


def test_strides_that_are_not_twice_the_stride_and_a_layer_that_is_no_repetition() -> None:
    titles = [entry["title"] for entry in fit(*EXERCISE)["remedies"]]
    assert [title for title in titles if title.startswith("stride")] == [
        f"stride 3 instead of 2 in conv{number}" for number in (1, 2, 3)
    ]
    assert "without conv3" in titles


def test_the_book_s_stride_of_3_gives_67_by_100(tmp_path: Path) -> None:
    (entry,) = [item for item in fit(*EXERCISE)["remedies"] if item["title"].endswith("in conv1")]
    path = tmp_path / "net.yaml"
    path.write_text(text_with(entry, text_of("three_convs")))
    page = run("explain", path, "conv1").out
    (line,) = [line for line in page.splitlines() if line.startswith("  output ")]
    assert "67x100x100 = 670,000 values" in line


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("three_convs", ("--memory", "500MiB", "--batch", "50")),
        ("three_convs", ("--memory", "500MiB", "--batch", "50", "--mode", "inference")),
        ("alexnet", ("--memory", "4GiB", "--batch", "1024", "--optimizer", "adam")),
        ("zfnet", ("--memory", "2GiB", "--batch", "2048")),
        ("lenet5", ("--memory", "10MB", "--backend", "cpu", "--batch", "512")),
    ],
)
def test_edits_give_what_they_promise(name: str, options: tuple[str, ...], tmp_path: Path) -> None:
    """The figures of each remedy that edits the spec are those of the edited spec."""
    path = tmp_path / "net.yaml"
    text = text_of(name)
    path.write_text(text)
    output = fit(path, *options)
    mode = "training" if output["training"] else "inference"
    assert not output["fits"]
    entries = [entry for entry in output["remedies"] if "edit" in entry]
    assert {"larger_stride", "removed_layer"} & {entry["name"] for entry in entries}
    for entry in entries:
        assert entry["changes_network"]
        path.write_text(text_with(entry, text))
        after = fit(path, *options)
        assert after["diagnostics"] == [] or {item["severity"] for item in after["diagnostics"]} == {"info"}
        for key in ("peak_bytes", "reserved_bytes", "fits"):
            assert after[mode][key] == entry[key], entry["title"]
        assert output[mode]["peak_bytes"] - after[mode]["peak_bytes"] == entry["saved_bytes"]
        path.write_text(text)


def test_text_says_what_is_removed_and_what_was_not_tried() -> None:
    page = " ".join(run("fit", *EXERCISE).out.split())
    assert "changes the network: three_convs.yaml: remove lines 16 to 17" in page
    assert "Not tried" not in page
    page = " ".join(run("fit", "resnet50", "--memory", "4GiB", "--batch", "64").out.split())
    assert "Not tried: a larger stride in 16 more layers; the network without one of " in page


def test_json_counts_what_was_not_tried() -> None:
    assert fit(*EXERCISE)["not_tried"] == {"larger_stride": 0, "removed_layer": 0}
    assert fit("resnet18", "--memory", "4GiB")["not_tried"] == {}
    assert fit("resnet18", "--memory", "4GiB", "--batch", "2048")["not_tried"]["larger_stride"] > 0


def test_of_a_pattern_no_edit_is_offered() -> None:
    output = fit("INPUT 64x64x3 -> [CONV 64 -> RELU]*3 -> FC 10", "--memory", "100MiB", "--batch", "512")
    assert not [entry for entry in output["remedies"] if "edit" in entry]
    assert output["not_tried"]["larger_stride"] == 3
