"""How many cases a test draws: few in `make test`, many in `make test-all`, as many as requested in `make fuzz`.

The first two draw the same cases on every run; `make fuzz` draws others each time.
"""

from collections.abc import Collection, Iterable
from typing import Any

import pytest
from hypothesis import settings

PROFILE = settings.get_current_profile_name()
FUZZING = PROFILE == "fuzz"
DEEP = PROFILE in ("deep", "fuzz")


def cases(few: int, many: int, *, of: int = 1) -> int:
    """How many cases to draw: `few`; `many`; or one of every `of` cases that are asked for, and at least `many`."""
    if FUZZING:
        return max(many, settings().max_examples // of)
    return many if DEEP else few


# One network at least of each kind that is shipped, and both that differ by mode.
NETWORKS = frozenset(
    (
        "alexnet", "cifar_convnet", "convnext_tiny", "densenet121", "efficientnet_b0", "fcn32s", "googlenet", "lenet5",
        "mobilenet_v3_small", "regnet_y_400mf", "resnet110_stochastic_depth", "resnet18", "resnet50_v2",
        "shufflenet_v2_x0_5", "squeezenet1_1", "swin_t", "unet", "vgg16", "vit_b_32",
    )
)  # fmt: skip


# Networks of more than 20 billion multiply-adds an image: a training step of one takes a CPU minutes.
LARGE = frozenset(
    (
        "convnext_large", "deeplabv3_resnet50", "dilated_context_large", "dilated_frontend_vgg16", "efficientnet_b7",
        "efficientnet_v2_l", "efficientnet_v2_m", "fcn16s", "fcn32s", "fcn8s", "fcn_resnet50", "regnet_x_32gf",
        "regnet_y_128gf", "regnet_y_32gf", "senet154", "unet", "vit_l_16", "wide_resnet101_2",
    )
)  # fmt: skip


def long_but(quick: Collection[object], values: Iterable[Any], zoo: Collection[object] = ()) -> list[Any]:
    """Values of a parameter, of which `make test` takes the `quick` ones only, and `make test-all` none of `zoo`.

    Those are for `make verify-zoo`. Of several values at once the first says which.
    """
    result = []
    for value in values:
        several = value if isinstance(value, tuple) else (value,)
        first = several[0]
        marks = pytest.mark.zoo if first in zoo else () if first in quick else pytest.mark.long
        result.append(pytest.param(*several, marks=marks))
    return result


def one_in(every: int, values: Iterable[Any], *, arguments: int = 1) -> list[Any]:
    """Values of a parameter, of which `make test` takes every n-th, the first included, and `make test-all` the others.

    Of several `arguments` each value is a tuple.
    """
    result = []
    for index, value in enumerate(values):
        several = value if arguments > 1 else (value,)
        result.append(pytest.param(*several, marks=pytest.mark.long if index % every else ()))
    return result
