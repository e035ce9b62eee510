"""`cnncalc rewrite` and `cnncalc slide`, as they are typed."""

import json
from pathlib import Path

import pytest

import cnncalc
from tests.commands._program import run


class TestRewrite:
    def test_writes_a_spec_that_loads(self, tmp_path: Path) -> None:
        ended = run("rewrite", "vgg16", "--fc-to-conv", "-o", tmp_path / "conv.yaml")
        assert (ended.status, ended.out) == (0, "")
        assert "fc1: fc 4096 -> conv 7x7, 4096 filters" in ended.err
        graph = cnncalc.load(tmp_path / "conv.yaml")
        assert graph.ok
        assert cnncalc.analyse(graph).totals.params == 138_357_544

    def test_another_image_then_gives_a_map(self, tmp_path: Path) -> None:
        text = run("rewrite", "vgg16", "--fc-to-conv").out
        ended = run("inspect", "-", "--input", "384", "--format", "json", stdin=text)
        rows = {row["name"]: row["output"] for row in json.loads(ended.out)["rows"]}
        assert rows["stage5.maxpool1"] == {"channels": 512, "height": 12, "width": 12}
        assert rows["fc3"] == {"channels": 1000, "height": 6, "width": 6}

    def test_several_are_done_one_after_another(self) -> None:
        ended = run("rewrite", "mobilenet_v2", "--fold-norm", "--fc-to-conv")
        graph = cnncalc.load(ended.out)
        assert not {"bn", "fc"} & {node.kind for node in graph.layers}
        assert "and 45 changes more" in ended.err

    def test_layers_are_chosen_by_name(self) -> None:
        ended = run("rewrite", "alexnet", "--stack-to-3x3", "--layer", "conv2")
        assert "conv2: conv 5x5 -> 2 convs of 3x3" in ended.err
        assert "conv1" not in ended.err

    def test_what_the_spec_accepts_is_accepted_in_the_new_one(self) -> None:
        spec = (
            "cnncalc: 1\ninput: 10x10x3\nlayers:\n  - conv: {filters: 4, kernel: 3, stride: 2}\n"
            "    allow: {S001: as published}\n  - flatten\n  - fc: 3\n"
        )
        ended = run("rewrite", "-", "--fc-to-conv", stdin=spec)
        assert ended.status == 0
        assert "allow: {S001: as published}" in ended.out

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("unet", "--fc-to-conv"), "R001"),
            (("vgg16", "--fold-norm"), "R001"),
            (("vgg16", "--gap-head", "--layer", "fc1"), "R001"),
        ],
    )
    def test_refusals_are_diagnostics(self, arguments: tuple[str, ...], message: str) -> None:
        ended = run("rewrite", *arguments)
        assert (ended.status, ended.out) == (1, "")
        assert f"error[{message}] cannot-be-rewritten" in ended.err

    def test_a_network_with_errors_has_its_errors(self) -> None:
        ended = run(
            "rewrite", "-", "--fc-to-conv", stdin="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {kernel: 3}\n"
        )
        assert ended.status == 1
        assert "error[L004]" in ended.err

    def test_limits_of_the_old_network_are_left_out_and_the_summary_says_so(self, tmp_path: Path) -> None:
        layers = "layers:\n  - conv: {filters: 4, kernel: 3}\n  - flatten\n  - fc: 3\n"
        (tmp_path / "net.yaml").write_text(f"cnncalc: 1\ninput: 8x8x3\nbudget: {{params: <= 1M}}\n{layers}")
        ended = run("rewrite", tmp_path / "net.yaml", "--fc-to-conv")
        assert "the limits in `budget` are for the old network" in ended.err
        assert "budget:" not in ended.out
        # Its layers have names; the network had none, and the path of its file is not one.
        assert "\nname:" not in ended.out
        assert "budget" not in run("rewrite", "vgg16", "--fc-to-conv").err

    def test_without_a_rewrite_is_a_usage_error(self) -> None:
        ended = run("rewrite", "vgg16")
        assert ended.status == 2
        assert "--fc-to-conv" in ended.err

    def test_an_unknown_layer_is_a_usage_error(self) -> None:
        assert run("rewrite", "alexnet", "--bottleneck", "--layer", "conv9").status == 2


class TestVerify:
    def test_equal_outputs(self) -> None:
        ended = run("verify", "lenet5", "--rewrite", "fc-to-conv", "--format", "json")
        document = json.loads(ended.out)
        assert (ended.status, document["ok"]) == (0, True)
        (check,) = document["rewrites"]
        assert check["effect"] == "equal"
        assert check["outputs"][0]["difference"] < 1e-5

    def test_one_after_another(self) -> None:
        ended = run("verify", "resnet20_cifar", "--rewrite", "fold-norm", "--rewrite", "fc-to-conv")
        assert ended.status == 0
        assert ended.out.count("equal outputs at inference, with the same weights") == 2

    @pytest.mark.parametrize("option", ["--training", "--mode=training", "--meta"])
    def test_takes_a_forward_pass_only(self, option: str) -> None:
        assert run("verify", "lenet5", "--rewrite", "fc-to-conv", option).status == 2

    def test_a_refusal_is_a_diagnostic(self) -> None:
        ended = run("verify", "lenet5", "--rewrite", "fold-norm")
        assert ended.status == 1
        assert "R001" in ended.err


class TestSlide:
    def test_the_notes_example(self) -> None:
        ended = run("slide", "vgg16", "--image", "384", "--stride", "16")
        assert ended.status == 0
        text = " ".join(ended.out.split())
        assert "12x12x512 enters the classifier" in text
        assert "6x6x1000: 36 crops" in text
        assert "49,551,114,240 for the map" in text
        assert "11.2 times" in text
        assert "6x6 + 6x5 + 5x6 + 5x5 = 121 places" in text
        assert "stage1.conv1 and 12 more layers pad" in text

    def test_json(self) -> None:
        document = json.loads(run("slide", "vgg16", "--image", "384x512", "--format", "json").out)
        assert (document["crops"], document["equal"], document["check"]) == (60, False, None)
        assert document["macs_crop_by_crop"] == 60 * 15_470_264_320

    def test_pytorch_compares_crops(self) -> None:
        document = json.loads(run("slide", "lenet5", "--image", "40", "--check", "--format", "json").out)
        assert document["equal"]
        assert document["check"]["crops"] == 9
        assert document["check"]["relative"] < 1e-4

    @pytest.mark.parametrize(
        ("arguments", "status", "message"),
        [
            (("vgg16", "--image", "100"), 1, "R002"),
            (("vgg16", "--image", "384", "--stride", "5"), 1, "--stride takes 1, 2, 4, 8, 16, 32"),
            (("unet", "--image", "700"), 1, "no fc layer"),
            (("vgg16", "--image", "cat"), 2, "not a shape"),
            (("vgg16", "--image", "384x384x1"), 1, "the network reads 224x224x3"),
            (("vgg16",), 2, "--image"),
        ],
    )
    def test_what_it_refuses(self, arguments: tuple[str, ...], status: int, message: str) -> None:
        ended = run("slide", *arguments)
        assert ended.status == status
        assert message in " ".join(ended.err.split())
