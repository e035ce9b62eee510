"""What is measured, ordered by worth: when the time is over, what comes last is left out."""

from typing import Any, NamedTuple

NETWORKS = (
    "resnet50",
    "vgg16",
    "mobilenet_v2",
    "vit_b_16",
    "densenet121",
    "inception_v3",
    "efficientnet_b0",
    "convnext_tiny",
    "swin_t",
    "unet",
    "resnet18",
    "googlenet_bn",
)
# Their allocations are recorded one by one.
FOLLOWED = ("resnet50", "vgg16", "unet", "vit_b_16")
# Where cuDNN's choice of algorithms by measurement (`torch.backends.cudnn.benchmark`) is compared.
CHOSEN_BY_TIME = ("resnet50", "vgg16", "mobilenet_v2", "unet")
VERIFIED = (
    "lenet5",
    "alexnet_owt",
    "vgg11_bn",
    "resnet18",
    "googlenet_bn",
    "squeezenet1_1",
    "mobilenet_v3_small",
    "shufflenet_v2_x1_0",
    "convnext_tiny",
    "vit_b_32",
)
TIMED = (
    *NETWORKS,
    "alexnet",
    "alexnet_owt",
    "all_cnn_a",
    "cifar_convnet",
    "deeplabv3_resnet50",
    "efficientnet_b4",
    "fcn8s",
    "googlenet",
    "lenet5",
    "mnasnet1_0",
    "mobilenet_v1",
    "mobilenet_v3_large",
    "mobilenet_v3_small",
    "nin",
    "regnet_x_400mf",
    "regnet_y_400mf",
    "resnet101",
    "resnet110_cifar",
    "resnext50_32x4d",
    "se_resnet50",
    "shufflenet_v2_x1_0",
    "squeezenet1_0",
    "squeezenet1_1",
    "vgg11_lrn",
    "vgg16_bn",
    "vit_b_32",
    "wrn_28_10",
    "xception",
)
# Batch, heads, positions, values of a head, and whether scores get a bias: vit_b_16, the first stage of swin_t, longer.
ATTENTIONS = {
    "vit": (8, 12, 197, 64, False),
    "swin": (512, 3, 49, 32, True),
    "long": (2, 8, 1024, 64, False),
}
NORMS = ((32, 64, 112, 112), (32, 256, 56, 56), (32, 512, 28, 28), (32, 2048, 7, 7))
# How a step computes: the type of autocast, and whether volumes are channels last.
WAYS: dict[str, tuple[str | None, bool]] = {
    "float32": (None, False),
    "autocast": ("float16", False),
    "autocast-nhwc": ("float16", True),
}


class GpuCase(NamedTuple):
    """One measurement: its kind, its arguments, and the seconds after which it is stopped."""

    kind: str
    arguments: dict[str, Any]
    limit: int

    @property
    def key(self) -> str:
        """What no other case is called."""
        return " ".join((self.kind, *(f"{name}={value}" for name, value in self.arguments.items())))


def plan(*, tiny: bool = False) -> list[GpuCase]:
    """All cases in order. `tiny`: each kind once or twice, with a network that takes no time."""
    small = ("lenet5",)
    batches = (2,) if tiny else (32, 8)
    cases = [GpuCase("versions", {}, 60), GpuCase("context", {}, 60), GpuCase("cublas", {}, 30)]
    cases += [
        GpuCase("memory", {"network": network, "mode": mode, "batch": batch, "benchmark": False}, 30)
        for batch in batches
        for network in (small if tiny else NETWORKS)
        for mode in ("training", "inference")
    ]
    cases += [
        GpuCase("history", {"network": network, "way": way, "batch": batches[-1]}, 40)
        for way in WAYS
        for network in (small if tiny else FOLLOWED)
    ]
    cases += [
        GpuCase("attention", {"shape": shape, "dtype": dtype}, 20)
        for dtype in ("float32", "float16", "bfloat16")
        for shape in (("swin",) if tiny else ATTENTIONS)
    ]
    cases += [
        GpuCase("batch_norm", {"shape": list(shape), "dtype": dtype, "channels_last": channels_last}, 20)
        for shape in (((2, 4, 8, 8),) if tiny else NORMS)
        for dtype in ("float32", "float16")
        for channels_last in (False, True)
    ]
    cases += [
        GpuCase(
            "memory", {"network": network, "mode": "training", "batch": batches[0], "benchmark": True}, 40
        )
        for network in (small if tiny else CHOSEN_BY_TIME)
    ]
    cases += [GpuCase("verify", {"network": network}, 40) for network in (small if tiny else VERIFIED)]
    cases += [
        GpuCase("speed", {"network": network, "way": way, "batch": batches[0]}, 20)
        for network in (small if tiny else TIMED)
        for way in ("autocast-nhwc", "float32")
    ]
    return cases
