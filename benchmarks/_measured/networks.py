"""The networks of measured rows: shipped specs, and models of timm that are imported once and kept."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cnncalc
from benchmarks._bench import ROOT
from benchmarks._measured.rows import MeasuredBatch
from benchmarks._models import DIVISOR
from cnncalc.graph import Graph

KEPT = ROOT / "build" / "measured"
# What timm calls the networks of shipped specs.
SHIPPED = {
    "resnet18": "resnet18",
    "resnet34": "resnet34",
    "resnet50": "resnet50",
    "resnet101": "resnet101",
    "resnet152": "resnet152",
    "tv_resnet34": "resnet34",
    "tv_resnet50": "resnet50",
    "tv_resnet101": "resnet101",
    "tv_resnet152": "resnet152",
    "tv_resnext50_32x4d": "resnext50_32x4d",
    "tv_densenet121": "densenet121",
    "vgg11": "vgg11",
    "vgg13": "vgg13",
    "vgg16": "vgg16",
    "vgg19": "vgg19",
    "vgg11_bn": "vgg11_bn",
    "vgg13_bn": "vgg13_bn",
    "vgg16_bn": "vgg16_bn",
    "vgg19_bn": "vgg19_bn",
    "densenet121": "densenet121",
    "densenet161": "densenet161",
    "densenet169": "densenet169",
    "densenet201": "densenet201",
    "mobilenetv2_100": "mobilenet_v2",
    "mobilenetv1_100": "mobilenet_v1",
    "efficientnet_b0": "efficientnet_b0",
    "efficientnet_b1": "efficientnet_b1",
    "efficientnet_b2": "efficientnet_b2",
    "efficientnet_b3": "efficientnet_b3",
    "efficientnet_b4": "efficientnet_b4",
    "efficientnet_b5": "efficientnet_b5",
    "tf_efficientnet_b0": "efficientnet_b0",
    "tf_efficientnetv2_l": "efficientnet_v2_l",
    "mnasnet_100": "mnasnet1_0",
    "convnext_tiny": "convnext_tiny",
    "convnext_small": "convnext_small",
    "convnext_base": "convnext_base",
    "convnext_large": "convnext_large",
    "inception_v3": "inception_v3",
    "inception_v4": "inception_v4",
    "inception_resnet_v2": "inception_resnet_v2",
    "resnext50_32x4d": "resnext50_32x4d",
    "resnext101_32x8d": "resnext101_32x8d",
    "resnext101_64x4d": "resnext101_64x4d",
    "wide_resnet50_2": "wide_resnet50_2",
    "wide_resnet101_2": "wide_resnet101_2",
    "legacy_seresnet50": "se_resnet50",
    "legacy_senet154": "senet154",
    "seresnet50": "se_resnet50",
    "xception": "xception",
    "legacy_xception": "xception",
    "vit_base_patch16_224": "vit_b_16",
    "vit_base_patch32_224": "vit_b_32",
    "vit_large_patch16_224": "vit_l_16",
    "swin_tiny_patch4_window7_224": "swin_t",
    "swin_small_patch4_window7_224": "swin_s",
    "swin_base_patch4_window7_224": "swin_b",
    "regnetx_004": "regnet_x_400mf",
    "regnetx_004_tv": "regnet_x_400mf",
    "regnetx_008": "regnet_x_800mf",
    "regnetx_016": "regnet_x_1_6gf",
    "regnetx_032": "regnet_x_3_2gf",
    "regnetx_080": "regnet_x_8gf",
    "regnetx_160": "regnet_x_16gf",
    "regnetx_320": "regnet_x_32gf",
    "regnety_004": "regnet_y_400mf",
    "regnety_008": "regnet_y_800mf",
    "regnety_008_tv": "regnet_y_800mf",
    "regnety_016": "regnet_y_1_6gf",
    "regnety_032": "regnet_y_3_2gf",
    "regnety_080": "regnet_y_8gf",
    "regnety_080_tv": "regnet_y_8gf",
    "regnety_160": "regnet_y_16gf",
    "regnety_320": "regnet_y_32gf",
    "regnety_1280": "regnet_y_128gf",
    "mobilenetv3_large_100": "mobilenet_v3_large",
    "mobilenetv3_small_100": "mobilenet_v3_small",
    "resnetv2_50": "resnet50_v2",
    "resnetv2_101": "resnet101_v2",
    "resnetv2_152": "resnet152_v2",
}


class MeasuredNetwork(NamedTuple):
    """A network of a row: `zoo` or `imported`, and its graph."""

    source: str
    graph: Graph


def shipped(row: MeasuredBatch, mode: str) -> Graph | None:
    """The shipped spec of a row's model, for its image size; None where there is none."""
    name = SHIPPED.get(row.model)
    if name is None:
        return None
    graph = cnncalc.load(name, mode=mode, input=row.size)
    return graph if graph.whole else None


class ImportedModels:
    """Specs of timm's models in a folder: each is imported once, or the reason why not is kept."""

    def __init__(self, folder: Path = KEPT) -> None:
        self.folder = folder
        self._ready = False

    def graph(self, row: MeasuredBatch, mode: str) -> Graph | None:
        """A row's model at its image size; None where it cannot be imported, or is a test of what is developed here."""
        name = row.model.partition(".")[0]
        if len(name) % DIVISOR:
            return None
        path = self.folder / f"{name}-{row.size}.yaml"
        failed = path.with_suffix(".txt")
        if not path.exists():
            if failed.exists():
                return None
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                path.write_text(self._text(name, row.size), encoding="utf-8")
            except Exception as error:
                failed.write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
                return None
        graph = cnncalc.load(path, mode=mode)
        return graph if graph.whole else None

    def _text(self, name: str, size: int) -> str:
        from cnncalc.pytorch.capture import capture, operators
        from cnncalc.pytorch.capture.building import on_meta

        operators.import_torchvision()
        import timm

        from cnncalc.folding import fold
        from cnncalc.importers import text

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = on_meta(lambda: timm.create_model(name))
            return text(fold(capture(module, [(3, size, size)], name=name), modules=True))


def networks(row: MeasuredBatch, mode: str, models: ImportedModels | None) -> Iterator[MeasuredNetwork]:
    """The networks that a row can be compared with: none, one, or both."""
    if (graph := shipped(row, mode)) is not None:
        yield MeasuredNetwork("zoo", graph)
    if models is not None and (graph := models.graph(row, mode)) is not None:
        yield MeasuredNetwork("imported", graph)
