"""The shipped specs, and the shipped blocks: specs of one block each, in a folder of the package."""

import os
from functools import cache


@cache
def folder() -> str:
    """The folder of the specs: inside the installed package, or next to it in a checkout."""
    package = os.path.dirname(os.path.abspath(__file__))
    inside = os.path.join(package, "specs")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "specs")


def names() -> list[str]:
    """The names of all shipped specs, sorted."""
    return sorted(file.removesuffix(".yaml") for file in os.listdir(folder()) if file.endswith(".yaml"))


def path(name: str) -> str | None:
    """The file of a shipped spec; None if there is none with this name."""
    path = os.path.join(folder(), f"{name}.yaml")
    return path if name.replace("_", "").isalnum() and os.path.isfile(path) else None


# How a spec names a shipped block.
STD = "std/"


@cache
def blocks() -> tuple[str, ...]:
    """The names of all shipped blocks, sorted, without `std/`."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "std")
    return tuple(sorted(file.removesuffix(".yaml") for file in os.listdir(folder) if file.endswith(".yaml")))


def block_path(name: str) -> str | None:
    """The file of a shipped block; None if there is none with this name."""
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "std")
    return os.path.join(folder, f"{name}.yaml") if name in blocks() else None


def twins() -> dict[str, str]:
    """torchvision's builder of the same network, by the name of a spec: same tensors, work and outputs."""
    sizes = {
        "vgg": "11 13 16 19 11_bn 13_bn 16_bn 19_bn",
        "resnet": "18 34 50 101 152",
        "resnext": "50_32x4d 101_32x8d 101_64x4d",
        "wide_resnet": "50_2 101_2",
        "densenet": "121 161 169 201",
        "squeezenet": "1_0 1_1",
        "mobilenet_": "v2 v3_large v3_small",
        "mnasnet": "0_5 0_75 1_0 1_3",
        "shufflenet_v2_x": "0_5 1_0 1_5 2_0",
        "efficientnet_": "b0 b1 b2 b3 b4 b5 b6 b7 v2_s v2_m v2_l",
        "regnet_x_": "400mf 800mf 1_6gf 3_2gf 8gf 16gf 32gf",
        "regnet_y_": "400mf 800mf 1_6gf 3_2gf 8gf 16gf 32gf 128gf",
        "convnext_": "tiny small base large",
        "vit_": "b_16 b_32 l_16",
        "swin_": "t s b",
        "inception_": "v3",
        "fcn_": "resnet50",
        "deeplabv3_": "resnet50",
    }
    same = {f"{family}{size}" for family, listed in sizes.items() for size in listed.split()}
    return {**{name: name for name in same}, "alexnet_owt": "alexnet", "googlenet_bn": "googlenet"}
