import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc.memory.device
from cnncalc.memory.device import GPU, MIB, gpu_named, gpus_like, known_gpus
from cnncalc.memory.device.gpus import GIB


@pytest.mark.parametrize(
    ("asked", "name", "mib", "capability"),
    [
        ("GTX 580", "GeForce GTX 580 3GB", 3072, (2, 0)),
        ("gtx 580 1.5gb", "GeForce GTX 580 1.5GB", 1536, (2, 0)),
        ("GTX Titan", "GeForce GTX TITAN", 6144, (3, 5)),
        ("k80", "Tesla K80", 12288, (3, 7)),
        ("GeForce GTX 980", "GeForce GTX 980", 4096, (5, 2)),
        ("K40", "Tesla K40", 12288, (3, 5)),
        ("titan x", "GeForce GTX TITAN X", 12288, (5, 2)),
        ("1080ti", "GeForce GTX 1080 Ti", 11178, (6, 1)),
        ("nvidia geforce rtx 3090", "GeForce RTX 3090", 24576, (8, 6)),
        ("  RTX4090 ", "GeForce RTX 4090", 24564, (8, 9)),
        ("5090", "GeForce RTX 5090", 32607, (12, 0)),
        ("T4", "Tesla T4", 15360, (7, 5)),
        ("a100-80gb", "A100 80GB", 81920, (8, 0)),
        ("v100 32 GiB", "Tesla V100 32GB", 32510, (7, 0)),
        ("A6000", "RTX A6000", 49140, (8, 6)),
    ],
)
def test_names_are_found_as_people_write_them(
    asked: str, name: str, mib: int, capability: tuple[int, int]
) -> None:
    gpu = gpu_named(asked)
    assert isinstance(gpu, GPU)
    assert (gpu.name, gpu.memory, gpu.capability) == (name, mib * MIB, capability)


@pytest.mark.parametrize(
    ("reported", "name"),
    [
        ("NVIDIA GeForce RTX 2080 Ti", "GeForce RTX 2080 Ti"),
        ("Tesla P100-PCIE-16GB", "Tesla P100 16GB"),
        ("Tesla V100-SXM2-16GB", "Tesla V100 16GB"),
        ("NVIDIA A100-SXM4-40GB", "A100 40GB"),
        ("NVIDIA A100 80GB PCIe", "A100 80GB"),
        ("NVIDIA A10G", "A10G"),
        ("NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada"),
        ("NVIDIA H100 80GB HBM3", "H100 SXM"),
        ("NVIDIA H100 PCIe", "H100 PCIe"),
        ("NVIDIA L40S", "L40S"),
    ],
)
def test_names_are_found_as_pytorch_reports_them(reported: str, name: str) -> None:
    gpu = gpu_named(reported)
    assert isinstance(gpu, GPU)
    assert gpu.name == name


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        pytest.param("A100", ("A100 40GB", "A100 80GB"), id="two sizes"),
        pytest.param("H100", ("H100 SXM", "H100 PCIe", "H100 NVL"), id="three kinds"),
        pytest.param("H100 80GB", ("H100 SXM", "H100 PCIe"), id="two kinds of one size"),
        pytest.param(
            "RTX 3080",
            ("GeForce RTX 3080 10GB", "GeForce RTX 3080 12GB", "GeForce RTX 3080 Ti"),
            id="a family",
        ),
        pytest.param("nano", ("Jetson Orin Nano 4GB", "Jetson Orin Nano 8GB"), id="part of a name"),
        pytest.param("", (), id="no name"),
        pytest.param("NVIDIA", (), id="only a brand"),
        pytest.param("zzzzzz", (), id="nothing near"),
    ],
)
def test_a_name_of_none_or_of_several_is_answered_with_names(asked: str, offered: tuple[str, ...]) -> None:
    assert gpu_named(asked) == offered


def test_a_typing_error_is_answered_with_the_nearest() -> None:
    assert "GeForce RTX 4090" in gpu_named("RTX 4900")
    assert "Tesla V100 16GB" in gpu_named("V10O 16GB")


@given(st.text(max_size=40))
def test_any_name_is_answered(name: str) -> None:
    answer = gpu_named(name)
    assert isinstance(answer, GPU) or set(answer) <= {gpu.name for gpu in known_gpus()}


def test_every_gpu_is_found_by_all_its_names_and_no_other_goes_by_them() -> None:
    for gpu in known_gpus():
        for called in (gpu.name, *gpu.aliases, f"NVIDIA {gpu.name}", gpu.name.lower().replace(" ", "")):
            assert gpu_named(called) == gpu


def test_every_gpu_has_plausible_facts_and_a_source() -> None:
    assert len(known_gpus()) >= 40
    for gpu in known_gpus():
        assert gpu.source.startswith("https://")
        assert 1.5 * GIB <= gpu.sold <= 256 * GIB
        # A driver reports less than is sold, but for what is sold in powers of 1000.
        assert 0.65 * gpu.sold < gpu.memory <= 1.03 * gpu.sold
        assert bool(gpu.reported_by) or gpu.memory == gpu.sold
        assert (gpu.capability is not None) == (gpu.vendor == "NVIDIA")
        assert gpu.capability is None or (2, 0) <= gpu.capability <= (13, 0)
        # A size in a name is the row's size. (Some aliases name the bus or the CPU's memory.)
        if gpu.name.endswith("GB"):
            assert gpu.sold == float(gpu.name.rsplit(maxsplit=1)[1].removesuffix("GB")) * GIB


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("amd", {"Instinct MI100", "Radeon PRO W7900"}),
        ("a100", {"A100 40GB", "A100 80GB"}),
        ("rtx 40", {"GeForce RTX 4090", "GeForce RTX 4060"}),
        ("apple", {"Apple silicon 64GB"}),
    ],
)
def test_a_pattern_is_looked_for_in_names_and_vendors(pattern: str, names: set[str]) -> None:
    matching = {gpu.name for gpu in gpus_like(pattern)}
    assert names <= matching
    assert not {"L40S", "H200"} & matching


def test_no_pattern_is_all_and_a_strange_one_none() -> None:
    assert gpus_like("") == known_gpus()
    assert gpus_like("zzzz") == ()


def test_the_table_is_one_row_a_line() -> None:
    """Rows are compared line by line when a GPU is added."""
    text = Path(cnncalc.memory.device.__path__[0], "gpus.json").read_text(encoding="utf-8")
    rows = json.loads(text)
    assert text == "[\n" + ",\n".join(f"  {json.dumps(row)}" for row in rows) + "\n]\n"


def test_the_table_and_difflib_are_read_only_when_asked_for() -> None:
    code = "import sys, cnncalc.memory.device.gpus; assert not {'json', 'difflib'} & sys.modules.keys()"
    subprocess.run([sys.executable, "-S", "-c", code], check=True, cwd=Path(cnncalc.__path__[0]).parent)
