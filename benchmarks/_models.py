"""The models of timm and torchvision that importing is measured with: which there are, and how one is made."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

# The modules of timm whose models have convolutions and no attention.
CONVOLUTIONAL = {
    "byobnet", "convmixer", "convnext", "cspnet", "cspnext", "densenet", "dla", "dpn", "efficientnet",
    "fasternet", "ghostnet", "hardcorenas", "hgnet", "hrnet", "inception_next", "inception_resnet_v2",
    "inception_v3", "inception_v4", "lcnetv2", "mambaout", "mobilenetv3", "nasnet", "nfnet", "pnasnet",
    "rdnet", "regnet", "repghost", "repvit", "res2net", "resnest", "resnet", "resnetv2", "rexnet",
    "selecsls", "senet", "sknet", "starnet", "tresnet", "vgg", "vovnet", "xception", "xception_aligned",
}  # fmt: skip
# Parts of torchvision that are no classification and no segmentation of images.
OTHER_TASKS = ("torchvision.models.detection", "torchvision.models.video", "torchvision.models.optical_flow",
               "torchvision.models.quantization")  # fmt: skip
# The share of the models that is looked at while cnncalc is developed; all others are a test of it.
DIVISOR = 3


class Model(NamedTuple):
    """A model: `timm/resnet50`, the part of its library that it comes from, and its input, channels first."""

    name: str
    family: str
    kind: str
    input: tuple[int, ...]
    make: Callable[[], Any]


def timm_models() -> Iterator[Model]:
    """Every model of timm, with the input size of its own configuration."""
    import timm

    for module in timm.list_modules():
        kind = "convolutional" if module in CONVOLUTIONAL else "other"
        for name in timm.list_models(module=module):
            config = timm.get_pretrained_cfg(name)
            size = (3, 224, 224) if config is None else tuple(config.input_size)
            yield Model(f"timm/{name}", f"timm/{module}", kind, size, _Make(timm.create_model, name))


def torchvision_models() -> Iterator[Model]:
    """Every model of torchvision for classification and segmentation, with the crop of its weights as its input."""
    from torchvision import models

    for name in models.list_models():
        builder = models.get_model_builder(name)
        if builder.__module__.startswith(OTHER_TASKS):
            continue
        segmentation = ".segmentation" in builder.__module__
        weights = next(iter(models.get_model_weights(name)), None)
        crop = getattr(getattr(weights, "transforms", None), "keywords", {}).get("crop_size", 224)
        side = 520 if segmentation else crop if isinstance(crop, int) else crop[0]
        keywords = {"weights": None, **({"weights_backbone": None} if segmentation else {})}
        yield Model(
            f"torchvision/{name}",
            f"torchvision/{builder.__module__.rpartition('.')[2]}",
            "segmentation" if segmentation else "classification",
            (3, side, side),
            _Make(builder, **keywords),
        )


class _Make:
    """Calls a constructor without its warnings."""

    def __init__(self, constructor: Callable[..., Any], *arguments: Any, **keywords: Any) -> None:
        self.call = constructor, arguments, keywords

    def __call__(self) -> Any:
        constructor, arguments, keywords = self.call
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return constructor(*arguments, **keywords)


def chosen(models: Iterator[Model], pattern: str | None, *, every: bool) -> list[Model]:
    """The models that are measured: those with a name whose length can be divided, or all; of a pattern, if given."""
    from fnmatch import fnmatch

    return [
        model
        for model in models
        if (every or len(model.name.partition("/")[2]) % DIVISOR == 0)
        and (pattern is None or fnmatch(model.name, pattern))
    ]


def by_turns(models: list[Model]) -> list[Model]:
    """The models in another order, the first of every family first: a run that is stopped has every family."""
    before: dict[str, int] = {}
    ranked = []
    for model in models:
        before[model.family] = before.get(model.family, -1) + 1
        ranked.append((before[model.family], model))
    return [model for _, model in sorted(ranked, key=lambda pair: pair[0])]


def to_run(models: list[Model], a_family: int) -> set[str]:
    """The names of the models whose outputs are compared: the shortest names of every family."""
    families: dict[str, list[str]] = {}
    for model in models:
        if model.kind != "other":
            families.setdefault(model.family, []).append(model.name)
    return {
        name
        for names in families.values()
        for name in sorted(names, key=lambda name: (len(name), name))[:a_family]
    }
