"""`cnncalc memory --as-taught`: the sums of the course's notes and of the textbook's exercise, line by line."""

import json
from typing import Any

import pytest

from tests.commands._program import Ended, run

# A convolution, dropout in training only, and three volumes at a sum.
TWO_MODES = """\
cnncalc: 1
input: 8x8x4
layers:
  - residual:
      - conv: {filters: 4, kernel: 3, padding: 1, norm: bn}
  - dropout: 0.5
    only: training
  - flatten
  - fc: 10
"""


def taught(*arguments: str, stdin: str = "", **env: str) -> Ended:
    return run("memory", *arguments, "--as-taught", stdin=stdin, **env)


def page(*arguments: str, **env: str) -> list[str]:
    """The lines of the text, with single spaces."""
    ended = taught(*arguments, **env)
    assert (ended.status, ended.err) == (0, "")
    return [" ".join(line.split()) for line in ended.out.splitlines()]


def figures(*arguments: str, stdin: str = "") -> dict[str, Any]:
    ended = taught(*arguments, "--format", "json", stdin=stdin)
    assert (ended.status, ended.err) == (0, "")
    output: dict[str, Any] = json.loads(ended.out)
    return output


def part(output: dict[str, Any], mode: str, of: str, name: str) -> dict[str, Any]:
    result: dict[str, Any]
    (result,) = [item for item in output[mode][of]["parts"] if item["name"] == name]
    return result


class TestExercise:
    """The textbook's exercise, number by number; each also in bytes."""

    BOOK = ("three_convs", "--batch", "50")

    @pytest.mark.parametrize(
        "line",
        [
            "input 200*300*3 = 180,000 *4 = 720,000 720.00 kB 703.12 KiB",
            "conv1 100*150*100 = 1,500,000 *4 = 6,000,000 6.00 MB 5.72 MiB",
            "conv2 50*75*200 = 750,000 *4 = 3,000,000 3.00 MB 2.86 MiB",
            "conv3 25*38*400 = 380,000 *4 = 1,520,000 1.52 MB 1.45 MiB",
            "all layers 2,630,000 *4 = 10,520,000 10.52 MB 10.03 MiB",
        ],
    )
    def test_volume_of_each_layer(self, line: str) -> None:
        assert line in page(*self.BOOK)

    def test_two_neighbouring_layers_take_9_million(self) -> None:
        assert "neighbours 6,000,000 + 3,000,000 = 9,000,000 bytes 9.00 MB 8.58 MiB" in page(*self.BOOK)
        output = figures(*self.BOOK)["inference"]
        assert output["neighbours"] == ["conv1", "conv2"]
        assert output["exercise"]["parts"][0]["terms"] == [6_000_000, 3_000_000]

    @pytest.mark.parametrize(
        "line",
        [
            "conv1 (3*3*3)*100 + 100 = 2,800 *4 = 11,200",
            "conv2 (3*3*100)*200 + 200 = 180,200 *4 = 720,800",
            "conv3 (3*3*200)*400 + 400 = 720,400 *4 = 2,881,600",
            "all layers 903,400 *4 = 3,613,600",
            "parameters 3,613,600 bytes 3.61 MB 3.45 MiB",
        ],
    )
    def test_parameters(self, line: str) -> None:
        assert line in page(*self.BOOK)

    def test_one_prediction_takes_12_613_600_bytes(self) -> None:
        assert "total 12,613,600 bytes 12.61 MB 12.03 MiB" in page("three_convs")
        for batch in ("1", "50"):
            assert figures("three_convs", "--batch", batch)["inference"]["exercise"]["bytes"] == 12_613_600

    def test_a_sample_in_training_takes_10_52_mb(self) -> None:
        output = figures(*self.BOOK)["training"]
        assert output["volume_bytes"] == 10_520_000 == sum(row["bytes"] for row in output["volumes"])

    def test_50_samples_take_526_million(self) -> None:
        assert "volumes 50*10,520,000 = 526,000,000 bytes 526.00 MB 501.63 MiB" in page(*self.BOOK)
        assert part(figures(*self.BOOK), "training", "exercise", "volumes")["bytes"] == 526_000_000

    def test_images_take_36_million(self) -> None:
        assert "images 50*720,000 = 36,000,000 bytes 36.00 MB 34.33 MiB" in page(*self.BOOK)
        assert part(figures(*self.BOOK), "training", "exercise", "images")["bytes"] == 36_000_000

    def test_training_takes_565_613_600_bytes(self) -> None:
        assert "total 565,613,600 bytes 565.61 MB 539.41 MiB" in page(*self.BOOK)
        for mode in ((), ("--mode", "training")):
            total = figures(*self.BOOK, *mode)["training"]["exercise"]
            assert (total["bytes"], total["megabytes"]) == (565_613_600, 565.6136)

    def test_the_book_s_own_figures_come_of_rounding_first(self) -> None:
        """It prints 10.5 MB, 525 MB and 564.6 MB."""
        text = " ".join(page(*self.BOOK))
        assert (
            "Rounded first, as the book does: 10.5 MB for the 10.52 MB of one image, 50*10.5 MB = 525 MB, and "
            "564.6 MB in total." in text
        )
        early = figures(*self.BOOK)["training"]["rounded_first_megabytes"]
        assert early == {"exact": 10.52, "each": 10.5, "volumes": 525.0, "total": 564.6}

    def test_nothing_is_said_of_rounding_where_it_changes_nothing(self) -> None:
        assert "Rounded" not in " ".join(page("three_convs"))
        assert figures("lenet5", "--batch", "2")["training"]["rounded_first_megabytes"] is None


class TestCourse:
    def test_vgg16_forward_is_what_inspect_has(self) -> None:
        output = figures("vgg16")["inference"]
        totals = json.loads(run("inspect", "vgg16", "--format", "json").out)["totals"]
        assert output["volume_bytes"] + output["image_bytes"] == totals["activation_bytes"] == 60_950_432
        assert output["param_bytes"] == totals["param_bytes"] == 553_430_176

    @pytest.mark.parametrize(
        ("options", "factor", "state"),
        [
            ((), 2, []),
            (("--optimizer", "sgd", "--momentum", "0.9"), 3, ["momentum_buffer"]),
            (("--optimizer", "sgd", "--momentum", "0"), 2, []),
            (("--optimizer", "adagrad"), 3, ["sum"]),
            (("--optimizer", "rmsprop"), 3, ["square_avg"]),
            (
                ("--optimizer", "rmsprop", "--momentum", "0.9", "--centered"),
                5,
                ["square_avg", "momentum_buffer", "grad_avg"],
            ),
            (("--optimizer", "adam"), 4, ["exp_avg", "exp_avg_sq"]),
            (("--optimizer", "adamw", "--amsgrad"), 5, ["exp_avg", "exp_avg_sq", "max_exp_avg_sq"]),
        ],
    )
    def test_parameters_count_as_often_as_the_optimizer_stores(
        self, options: tuple[str, ...], factor: int, state: list[str]
    ) -> None:
        output = figures("vgg16", "--mode", "training", *options)
        assert (output["optimizer"]["factor"], output["optimizer"]["state"]) == (factor, state)
        parameters = part(output, "training", "course", "parameters and copies")
        assert parameters["bytes"] == factor * 553_430_176
        text = page("vgg16", "--mode", "training", *options)
        assert any(line.startswith(f"parameters {factor}*553,430,176 = ") for line in text)
        assert ", ".join(("parameters", "gradients", *state)) in " ".join(text)

    def test_plain_memory_has_the_same_factor(self) -> None:
        """It printed `x3 with momentum` for Adam."""
        for options, factor in (((), 2), (("--momentum", "0.9"), 3), (("--optimizer", "adam"), 4)):
            output = figures("vgg16", "--mode", "training", *options)
            ended = run("memory", "vgg16", "--mode", "training", *options, "--format", "json")
            course = json.loads(ended.out)["textbook"]["course"]
            assert course["parameter_factor"] == factor
            assert course["learning_bytes"] == factor * course["parameter_bytes"]
            assert course["total_bytes"] == output["training"]["course"]["bytes"]
            assert f"x{factor}, with gradients" in run("memory", "vgg16", "--mode", "training", *options).out

    def test_the_replay_holds_what_is_counted(self) -> None:
        """Parameters, gradients and state at the peak of the step, to the byte."""
        for optimizer in ("sgd", "adagrad", "rmsprop", "adam", "adamw"):
            options = ("lenet5", "--mode", "training", "--optimizer", optimizer)
            output = figures(*options)
            replayed = json.loads(
                run("memory", *options, "--backend", "cuda", "--top", "0", "--format", "json").out
            )
            state = replayed["breakdown"]["optimizer"] / replayed["breakdown"]["params"]
            assert state == output["optimizer"]["factor"] - 2

    def test_three_sources_add_up(self) -> None:
        output = figures("resnet18", "--batch", "8", "--mode", "training")["training"]
        course = output["course"]
        assert [item["name"] for item in course["parts"]] == [
            "activations and gradients",
            "parameters and copies",
            "images",
        ]
        assert course["bytes"] == sum(item["bytes"] for item in course["parts"])
        for item in course["parts"]:
            product = sum(item["terms"])
            for factor in item["factors"]:
                product *= factor
            assert item["bytes"] == product

    def test_size_is_divided_by_1024_again_and_again(self) -> None:
        text = " ".join(page("three_convs", "--batch", "50", "--mode", "training"))
        assert "1,095,227,200 bytes /1024 = 1,069,557.81 KiB /1024 = 1,044.49 MiB /1024 = 1.02 GiB" in text

    def test_a_prediction_may_keep_only_the_current_activations(self) -> None:
        output = figures("three_convs", "--batch", "50")["inference"]
        assert output["current_activations"]["bytes"] == 50 * 9_000_000 + 3_613_600
        assert figures("three_convs")["inference"]["current_activations"]["bytes"] == 12_613_600

    def test_twice_the_images_is_why_inspect_has_another_figure(self) -> None:
        text = "cnncalc: 1\ninput: 224x224x3\nlayers:\n" + 3 * (
            "  - conv: {filters: 64, kernel: 3, padding: 1, act: relu}\n"
        )
        for command in ("memory", "inspect"):
            assert "74.65 MiB" in run(command, "-", stdin=text).out
        for line in (run("memory", "-", stdin=text), taught("-", stdin=text)):
            assert "73.50 MiB" in line.out
            assert "`inspect` doubles the images too" in line.out.replace("cnncalc ", "")
        output = figures("-", stdin=text)["training"]
        assert output["doubled_bytes"] == 2 * (9_633_792 + 150_528) * 4
        assert output["course"]["parts"][0]["bytes"] == 2 * 9_633_792 * 4


class TestModes:
    def test_each_has_its_own_layers(self) -> None:
        output = figures("-", stdin=TWO_MODES)
        names = {
            mode: [row["layer"] for row in output[mode]["volumes"]] for mode in ("inference", "training")
        }
        assert "dropout1" in names["training"]
        assert "dropout1" not in names["inference"]
        text = taught("-", stdin=TWO_MODES).out
        assert "the volume of each layer, for one image, 4 bytes each, in training" in text

    def test_one_alone_is_a_part_of_both(self) -> None:
        both = figures("-", stdin=TWO_MODES)
        for mode, other in (("inference", "training"), ("training", "inference")):
            alone = figures("-", "--mode", mode, stdin=TWO_MODES)
            assert alone[mode] == both[mode]
            assert alone[other] is None
        assert figures("-", "--mode", "inference", stdin=TWO_MODES)["optimizer"] is None

    def test_lists_what_differs_once_for_each_mode_and_the_rest_once(self) -> None:
        assert page("three_convs").count("all layers 903,400 *4 = 3,613,600") == 1
        text = page("vgg16")
        assert len([line for line in text if line.startswith("the volume of each layer")]) == 2
        assert len([line for line in text if line.startswith("the parameters of each layer")]) == 1

    @pytest.mark.parametrize(("dtype", "size"), [("float64", 8), ("bfloat16", 2)])
    def test_in_another_type(self, dtype: str, size: int) -> None:
        single, other = (figures("three_convs", "--dtype", name) for name in ("float32", dtype))
        for mode in ("inference", "training"):
            for name in ("exercise", "course"):
                assert other[mode][name]["bytes"] * 4 == single[mode][name]["bytes"] * size
        assert f"{size} bytes each" in taught("three_convs", "--dtype", dtype).out

    def test_several_inputs_are_all_images(self) -> None:
        text = "cnncalc: 1\ninputs: {a: 8x8x3, b: 8x8x3}\nlayers:\n  - concat: [a, b]\n"
        output = figures("-", "--batch", "2", stdin=text)["inference"]
        assert [row["layer"] for row in output["images"]] == ["a", "b"]
        assert output["image_bytes"] == 2 * 768
        assert output["neighbours"] == ["a", "b", "concat1"]
        assert output["exercise"]["bytes"] == 768 + 768 + 1536

    def test_another_input_and_parameters(self) -> None:
        ended = taught("vgg16", "--input", "128", "--set", "stage1=1", "--format", "json")
        assert "are not checked" in ended.err
        output = json.loads(ended.out)["inference"]
        assert output["image_bytes"] == 128 * 128 * 3 * 4
        assert [row["layer"] for row in output["volumes"]][:2] == ["stage1.conv1", "stage1.maxpool1"]


class TestFormats:
    def test_markdown_has_every_number_of_the_text(self) -> None:
        markdown = taught("three_convs", "--batch", "50", "--format", "markdown").out
        for number in ("6,000,000 | 6.00 MB | 5.72 MiB", "565,613,600 | 565.61 MB | 539.41 MiB", "564.6 MB"):
            assert number in markdown
        assert markdown.startswith("### Three convolutions")

    @pytest.mark.parametrize("width", ["40", "60", "80", "120"])
    @pytest.mark.parametrize("name", ["three_convs", "resnet50"])
    def test_text_fits_the_page(self, name: str, width: str) -> None:
        out = taught(name, "--batch", "50", COLUMNS=width).out
        longest = max(map(len, out.splitlines()))
        assert longest <= int(width) or (width == "40" and longest <= 60)
        assert "bytes = " in out or width in ("80", "120")

    def test_sizes_of_a_narrow_page_stand_below(self) -> None:
        assert "12,613,600 bytes = 12.61 MB = 12.03 MiB" in page("three_convs", COLUMNS="60")


class TestRefused:
    @pytest.mark.parametrize(
        ("options", "named"),
        [
            (("--backend", "cpu"), "--backend"),
            (("--gpu", "RTX 4090"), "--gpu"),
            (("--fused",), "--fused"),
            (("--no-foreach",), "--no-foreach"),
            (("--foreach", "--devices", "2"), "--foreach, --devices"),
            (("--checkpoint", "stage"), "--checkpoint"),
            (("--freeze", "fc1"), "--freeze"),
            (("--accumulate", "1"), "--accumulate"),
            (("--autocast", "float16"), "--autocast"),
            (("--layers", "--top", "3"), "--layers, --top"),
            (("--units", "si"), "--units"),
            (("--channels-last",), "--channels-last"),
            (("--holders", "modules"), "--holders"),
        ],
    )
    def test_options_of_a_run(self, options: tuple[str, ...], named: str) -> None:
        ended = taught("vgg16", *options)
        assert (ended.status, ended.out) == (2, "")
        assert f"leave out what changes no such sum: {named}\n" in ended.err

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (("--mode", "inference", "--optimizer", "adam"), "the optimizer adam: for training only"),
            (("--optimizer", "sgd", "--amsgrad"), "sgd has no amsgrad; optimizers with one: adam, adamw"),
            (("--nesterov",), "Nesterov momentum needs a momentum above 0"),
            (("--set", "nothere=1"), "has no parameter 'nothere'"),
            (("--format", "csv"), "'csv' is not one of"),
        ],
    )
    def test_impossible_setups(self, options: tuple[str, ...], message: str) -> None:
        ended = taught("vgg16", *options)
        assert (ended.status, ended.out) == (2, "")
        assert message in ended.err

    def test_markdown_is_for_these_sums_only(self) -> None:
        ended = run("memory", "vgg16", "--format", "markdown")
        assert (ended.status, ended.out) == (2, "")
        assert "markdown is not available for this; formats: text, json" in ended.err

    @pytest.mark.parametrize(
        ("layers", "code"),
        [
            ("layers:\n  - conv: {filters: 8, kernel: 9}\n", "S005"),
            ("layers: []\n", "L004"),
            ("layers:\n  - conv: {filters: 8, kernel: 3}\n    only: training\n", "L004"),
            ("", "L004"),
        ],
    )
    def test_networks_with_errors_have_findings_and_no_sums(self, layers: str, code: str) -> None:
        text = f"cnncalc: 1\ninput: 8x8x3\n{layers}"
        ended = taught("-", stdin=text)
        assert (ended.status, ended.out) == (1, "")
        assert code in ended.err
        ended = taught("-", "--format", "json", stdin=text)
        output = json.loads(ended.out)
        assert (ended.status, ended.err) == (1, "")
        assert (output["inference"], output["training"]) == (None, None)
        assert code in [item["code"] for item in output["diagnostics"]]

    def test_an_expectation_that_fails_is_reported_beside_the_sums(self) -> None:
        text = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    expect: 7x7x8\n"
        ended = taught("-", stdin=text)
        assert ended.status == 1
        assert "S102" in ended.err
        assert "conv1 6*6*8 = 288 *4 = 1,152" in " ".join(ended.out.split())

    def test_a_file_that_is_not_there(self) -> None:
        ended = taught("nothere.yaml")
        assert (ended.status, ended.out) == (2, "")
