"""`cnncalc fit`: the answer, its status, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from cnncalc.diagnostic import Edit, Fix, Span, edited
from cnncalc.memory.device import CONTEXT_RESERVE, known_gpus
from tests.commands._program import program, run

GIB = 2**30
NET = (
    "cnncalc: 1\nname: Net\ninput: 64x64x3\nparams: {depth: 4}\nblocks:\n  step:\n    layers:\n"
    "      - conv: {filters: 32, kernel: 4, padding: same, act: relu}\nlayers:\n"
    "  - conv: {filters: 32, kernel: 4, act: relu}\n    expect: 61x61x32\n"
    "  - step:\n    repeat: $depth\n  - global_avgpool\n  - fc: 10\n"
)
TWO_MODES = (
    "cnncalc: 1\ninput: 64x64x3\nlayers:\n  - conv: {filters: 32, kernel: 4}\n"
    "  - conv: {filters: 512, kernel: 4}\n    only: inference\n  - global_avgpool\n"
)


def fit(line: str, *more: str | Path, stdin: str = "") -> tuple[int, dict[str, Any]]:
    ended = run("fit", *line.split(), *more, "--format", "json", stdin=stdin)
    assert ended.err == ""
    data: dict[str, Any] = json.loads(ended.out)
    return ended.status, data


def fitted(line: str) -> int:
    """The largest batch in training."""
    largest: int = fit(line)[1]["training"]["largest_batch"]
    return largest


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    path.write_text(NET)
    return path


class TestLargest:
    def test_fits_and_the_next_does_not(self) -> None:
        status, output = fit("resnet18 --memory 4GiB")
        assert (status, output["fits"], output["remedies"]) == (0, None, [])
        for mode in ("training", "inference"):
            batch = output[mode]["batch"]
            assert (output[mode]["largest_batch"], output[mode]["fits"]) == (batch, True)
            assert output[mode]["peak_bytes"] <= output[mode]["reserved_bytes"] <= 4 * GIB
            usable = 4 * GIB - CONTEXT_RESERVE
            assert output["usable_bytes"] == usable
            most = output[mode]["most"]["reserved_bytes"]
            assert output[mode]["reserved_bytes"] <= most
            assert output[mode]["headroom_bytes"] == usable - most > 0
            for size, fits in ((batch, True), (batch + 1, False)):
                line = f"resnet18 --memory 4GiB --batch {size} --mode {mode}"
                status, asked = fit(line)
                assert (status, asked["fits"], asked[mode]["fits"]) == (int(not fits), fits, fits)

    def test_says_what_limits_it(self) -> None:
        location = fit("vgg16 --memory 8GiB")[1]["training"]["peak_at"]
        assert location["phase"] == "backward"
        assert location["layer"].startswith("stage")
        assert location["line"] == 21

    def test_of_each_mode_with_its_own_layers(self) -> None:
        _, both = fit("- --memory 1GiB", stdin=TWO_MODES)
        for mode in ("training", "inference"):
            _, alone = fit(f"- --memory 1GiB --mode {mode}", stdin=TWO_MODES)
            assert alone[mode] == both[mode]
        assert both["inference"]["batch"] < both["training"]["batch"] * 2

    def test_grows_with_memory_and_shrinks_with_what_is_set_aside(self) -> None:
        least, middle, most = (
            fitted(f"resnet18 {options}")
            for options in ("--memory 4GiB --reserve 1GiB", "--memory 4GiB", "--memory 6GiB")
        )
        assert least < middle < most
        assert least == fitted("resnet18 --memory 3GiB --reserve 0")

    def test_the_cuda_context_is_set_aside_by_default(self) -> None:
        _, output = fit("resnet18 --memory 4GiB")
        assert output["reserve_bytes"] == CONTEXT_RESERVE
        assert fit("resnet18 --memory 4GiB --reserve 0")[1]["reserve_bytes"] == 0
        assert fit("resnet18 --memory 4GiB --backend cpu")[1]["reserve_bytes"] == 0
        # Never more than half of what there is.
        for memory, reserved in (("2GiB", 512), ("1GiB", 512), ("1000MiB", 500), ("500MiB", 250)):
            assert fit(f"lenet5 --memory {memory}")[1]["reserve_bytes"] == reserved * 2**20

    def test_where_not_one_image_fits(self) -> None:
        status, output = fit("vgg16 --memory 256MiB --reserve 0")
        assert (status, output["fits"]) == (1, False)
        assert (output["training"]["batch"], output["training"]["largest_batch"]) == (1, 0)
        assert output["training"]["reserved_bytes"] is None
        out = run("fit", "vgg16", "--memory", "256MiB", "--reserve", "0").out
        assert "  training    not even one image fits\n" in out

    def test_in_inference_alone_decides_where_it_is_asked_about(self) -> None:
        assert fit("vgg16 --memory 1GiB --reserve 0")[0] == 1
        status, output = fit("vgg16 --memory 1GiB --reserve 0 --mode inference")
        assert (status, output["training"]) == (0, None)

    def test_on_a_cpu_has_no_allocator(self) -> None:
        _, output = fit("resnet18 --memory 4GiB --backend cpu")
        assert output["training"]["reserved_bytes"] is None
        assert "CUDA context" not in run("fit", "resnet18", "--memory", "4GiB", "--backend", "cpu").out


class TestMemory:
    def test_of_a_gpu_is_that_of_the_table(self) -> None:
        _, output = fit("resnet18 --gpu rtx4090")
        gpu = next(row for row in known_gpus() if row.name.endswith("RTX 4090"))
        assert (output["gpu"], output["memory_bytes"]) == (gpu.name, gpu.memory)

    def test_given_comes_before_that_of_the_gpu(self) -> None:
        _, output = fit("resnet18 --gpu rtx4090 --memory 4GiB")
        assert output["memory_bytes"] == 4 * GIB

    def test_what_is_not_counted_is_said_and_what_is_set_aside_for_it(self) -> None:
        out = " ".join(run("fit", "resnet18", "--gpu", "rtx4090").out.split())
        assert "Workspaces of cuDNN and cuBLAS take the most that they may" in out
        assert "Not counted: the CUDA context, the driver's own part" in out
        assert "are reserved for them, as measured by others (`--reserve SIZE`)." in out
        assumed = " ".join(run("fit", "resnet18", "--gpu", "rtx3090").out.split())
        assert "are reserved for them, as assumed" in assumed
        nothing = run("fit", "resnet18", "--gpu", "4090", "--reserve", "0").out
        assert "`--reserve SIZE` reserves memory" in " ".join(nothing.split())

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("vgg16", "How much memory is there? Give --memory 12GiB, or"),
            ("vgg16 --memory 12", "'12' has no unit; write 12GiB or 12GB"),
            ("vgg16 --memory 12XB", "'12XB' has an unknown unit, 'XB'"),
            ("vgg16 --memory -1GiB", "is negative"),
            ("vgg16 --memory 12GiB --reserve 1", "'--reserve': '1' has no unit"),
            ("vgg16 --memory 1GiB --reserve 1GiB", "nothing is left for the network"),
            (
                "vgg16 --gpu A100",
                "no GPU, or more than one, has the name 'A100'. Nearest: A100 40GB, A100 80GB.",
            ),
            ("vgg16 --gpu zzzz", "no GPU, or more than one, has the name 'zzzz'. They are written as"),
            ("vgg16 --memory 1GiB --checkpoint nothing", "there is no block 'nothing'"),
            (
                "vgg16 --memory 1GiB --mode inference --optimizer adam",
                "the optimizer adam: for training only",
            ),
            ("vgg16 --memory 1GiB --batch 0", "it must be a whole number from 1 to 1,000,000,000, not 0"),
            ("vgg16 --memory 1GiB --set stag1=1", "has no parameter 'stag1'"),
        ],
    )
    def test_refused(self, line: str, message: str) -> None:
        ended = run("fit", *line.split())
        assert (ended.status, ended.out) == (2, "")
        (messages,) = [text for text in ended.err.splitlines() if text.startswith("Error: ")]
        assert message in messages
        assert ended.err.endswith(f"{messages}\n")


class TestFaults:
    def test_are_shown_and_no_advice_is_given(self) -> None:
        text = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 9}\n"
        ended = run("fit", "-", "--memory", "1GiB", stdin=text)
        assert (ended.status, ended.out) == (1, "")
        assert "S005" in ended.err
        status, output = fit("- --memory 1GiB", stdin=text)
        assert (status, output["training"], output["inference"], output["fits"]) == (1, None, None, None)
        assert [item["code"] for item in output["diagnostics"]] == ["S005"]

    def test_of_reading_are_2(self) -> None:
        ended = run("fit", "nothere.yaml", "--memory", "1GiB")
        assert (ended.status, ended.out) == (2, "")

    def test_under_strict(self) -> None:
        assert run("fit", "resnet50", "--memory", "12GiB", "--strict").status == 1

    def test_of_a_network_too_large(self) -> None:
        assert run("fit", "resnet50", "--memory", "12GiB", "--max-nodes", "10").status == 1


class TestRemedies:
    def test_are_reported_where_it_does_not_fit(self) -> None:
        status, output = fit("resnet18 --memory 4GiB --batch 512")
        assert status == 1
        names = {entry["name"] for entry in output["remedies"]}
        assert {"smaller_batch", "accumulated_gradients", "more_devices", "sixteen_bits"} <= names
        now = output["training"]["peak_bytes"]
        for entry in output["remedies"]:
            assert entry["peak_bytes"] + entry["saved_bytes"] == now
            assert entry["largest_batch"] is None

    def test_are_reported_where_all_fits_only_on_request(self) -> None:
        assert fit("resnet18 --memory 4GiB")[1]["remedies"] == []
        _, output = fit("resnet18 --memory 4GiB --remedies")
        assert output["remedies"]
        for entry in output["remedies"]:
            assert entry["fits"]
            if entry["options"] is not None and not entry["options"].startswith("without"):
                assert entry["largest_batch"] == fitted(f"resnet18 --memory 4GiB {entry['options']}")

    @pytest.mark.parametrize(
        "line",
        [
            pytest.param("resnet18 --memory 4GiB --optimizer adam --set stage1=4", marks=pytest.mark.long),
            "squeezenet1_1 --memory 1GiB",
            pytest.param("vit_b_16 --memory 4GiB --optimizer adamw --devices 2", marks=pytest.mark.long),
            "resnet50 --memory 4GiB --mode inference",
        ],
    )
    def test_give_what_they_promise_when_their_options_are_given(self, line: str) -> None:
        _, output = fit(f"{line} --batch 4000")
        mode = "training" if output["training"] else "inference"
        tried = 0
        for entry in output["remedies"]:
            if entry["options"] is None or entry["options"].startswith("without"):
                continue
            batch = "" if "--batch" in entry["options"] else f"--batch {entry['batch']}"
            _, after = fit(f"{line} {batch} {entry['options']}")
            for key in ("peak_bytes", "reserved_bytes", "fits"):
                assert after[mode][key] == entry[key]
            tried += 1
        assert tried >= 2

    def test_give_what_they_promise_when_they_are_edited(self, net: Path) -> None:
        _, output = fit(f"{net} --memory 1GiB --batch 2000")
        tried = set()
        for entry in output["remedies"]:
            if "edit" not in entry:
                continue
            assert entry["changes_network"]
            edits = [Edit(_span(edit), edit["text"]) for edit in entry["edit"]["edits"]]
            assert {edit.span.file for edit in edits} == {str(net)}
            net.write_text(edited(NET, Fix(entry["edit"]["text"], tuple(edits))))
            _, after = fit(f"{net} --memory 1GiB --batch 2000")
            assert after["training"]["peak_bytes"] == entry["peak_bytes"]
            assert after["training"]["fits"] == entry["fits"]
            net.write_text(NET)
            tried.add(entry["name"])
        assert tried == {"larger_stride", "fewer_layers", "removed_layer"}

    def test_are_reported_with_what_they_change(self, net: Path) -> None:
        out = " ".join(run("fit", net, "--memory", "1GiB", "--batch", "2000").out.split())
        assert f"changes the network: {net}, line 10: add stride: 2, and 1 more place" in out
        assert f"changes the network: {net}, line 4: 4 ->" in out
        assert "--checkpoint step" in out

    def test_of_standard_input(self) -> None:
        _, output = fit("- --memory 1GiB --batch 2000", stdin=NET)
        files = {
            edit["file"] for entry in output["remedies"] for edit in entry.get("edit", {"edits": []})["edits"]
        }
        assert files == {"<stdin>"}


def _span(edit: dict[str, Any]) -> Span:
    return Span(*(edit[name] for name in Span._fields))


def test_json_has_its_keys() -> None:
    _, output = fit("resnet18 --memory 4GiB --batch 512")
    assert list(output) == [
        "version",
        "spec",
        "name",
        "gpu",
        "memory_bytes",
        "reserve_bytes",
        "usable_bytes",
        "context",
        "training",
        "inference",
        "fits",
        "remedies",
        "not_tried",
        "diagnostics",
    ]
    assert list(output["training"]) == [
        "batch",
        "fits",
        "largest_batch",
        "peak_bytes",
        "allocated_bytes",
        "reserved_bytes",
        "most",
        "headroom_bytes",
        "optimistic",
        "peak_at",
        "inexact",
        "least_batch",
        "refused",
        "devices",
    ]
    assert list(output["remedies"][0])[:11] == [
        "name",
        "title",
        "changes_network",
        "harm",
        "risk",
        "options",
        "batch",
        "peak_bytes",
        "reserved_bytes",
        "saved_bytes",
        "fits",
    ]


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(
    "line",
    [
        "resnet50 --memory 12GiB",
        "resnet50 --memory 12GiB --batch 999 --optimizer adam",
        "resnet18 --gpu 4090 --remedies",
        pytest.param("densenet121 --gpu 4090 --remedies", marks=pytest.mark.long),
    ],
)
def test_fits_the_page(line: str, width: int) -> None:
    out = run("fit", *line.split(), COLUMNS=str(width)).out
    assert max(map(len, out.splitlines())) <= width
    assert "\x1b" not in out


def test_colour_only_where_it_is_wanted() -> None:
    line = ("fit", "resnet18", "--memory", "4GiB")
    assert "\x1b[32m" in run(*line, FORCE_COLOR="1", TERM="xterm").out
    assert "\x1b[32m" not in run(*line, FORCE_COLOR="1", NO_COLOR="1", TERM="xterm").out


def test_torch_is_not_loaded() -> None:
    ended = program("fit", "resnet18", "--memory", "4GiB", "--remedies", PYTHONPROFILEIMPORTTIME="1")
    assert ended.status == 0
    assert "cnncalc.memory.advice.fit" in ended.err
    assert "torch" not in {name.rpartition("|")[2].strip() for name in ended.err.splitlines()}


class TestWorkspaces:
    @pytest.mark.parametrize("spec", ["resnet18", "vgg11", "lenet5"])
    def test_the_safe_answer_is_not_above_the_optimistic_one(self, spec: str) -> None:
        _, safe = fit(f"{spec} --memory 3GiB")
        _, optimistic = fit(f"{spec} --memory 3GiB --optimistic")
        for mode in ("training", "inference"):
            assert 0 < safe[mode]["largest_batch"] <= optimistic[mode]["largest_batch"]
            assert safe[mode]["optimistic"]["largest_batch"] == optimistic[mode]["largest_batch"]

    def test_a_batch_between_the_two_fits_by_the_optimistic_one_alone(self) -> None:
        _, safe = fit("vgg11 --memory 3GiB --mode training")
        batch = safe["training"]["optimistic"]["largest_batch"]
        assert batch > safe["training"]["largest_batch"]
        line = f"vgg11 --memory 3GiB --mode training --batch {batch}"
        assert fit(line)[0] == 1
        assert fit(f"{line} --optimistic")[0] == 0
        words = " ".join(run("fit", *line.split()).out.split())
        assert f"batch {batch} would fit with the least workspaces (--optimistic)" in words

    def test_without_convolutions_both_are_the_same(self, tmp_path: Path) -> None:
        spec = tmp_path / "net.yaml"
        spec.write_text("cnncalc: 1\ninput: 8x8x3\nlayers:\n  - flatten\n  - fc: 10\n", encoding="utf-8")
        _, output = fit(f"{spec} --gpu rtx4090")
        for mode in ("training", "inference"):
            assert output[mode]["optimistic"]["largest_batch"] == output[mode]["largest_batch"]
            assert output[mode]["most"]["reserved_bytes"] == output[mode]["reserved_bytes"]
        assert "optimistic" not in run("fit", str(spec), "--gpu", "rtx4090").out

    def test_the_context_of_a_gpu_is_reserved_as_published(self) -> None:
        _, output = fit("lenet5 --gpu rtx3090 --torch 1.12")
        assert output["context"]["nbytes"] == 1687 * 2**20
        assert not output["context"]["assumed"]
        # And what the driver itself takes.
        assert output["reserve_bytes"] > output["context"]["nbytes"]
