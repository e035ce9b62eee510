"""Models of libraries by their short names: `timm/resnet50`, `hf/resnet`."""

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.pytorch.capture import operators
from cnncalc.pytorch.capture.named_source import BadSource, TorchSource
from cnncalc.pytorch.capture.source_arguments import maker
from cnncalc.spec import nearest

# The libraries with short names.
LIBRARIES = ("timm", "torchvision", "hf")


def import_library(name: str) -> None:
    """Imports a library; torchvision where its compiled part does not load too. Raises `BadSource`."""
    if importlib.util.find_spec(name) is None:
        raise BadSource(f"{name} is not installed", f"pip install {name}")
    operators.import_torchvision()


def from_library(
    text: str, library: str, name: str, given: Sequence[Any], keywords: Mapping[str, Any]
) -> TorchSource:
    """A model of a library by its name there. Raises `BadSource`."""
    if library == "hf":
        return _transformers(text, name, keywords)
    import_library(library)
    if library == "timm":
        timm = importlib.import_module("timm")
        if not timm.is_model(name):
            close = nearest(name, timm.list_models())
            raise BadSource(f"timm has no model {name!r}", f"did you mean timm/{close}?" if close else "")
        return TorchSource(text, name, lambda: timm.create_model(name, *given, pretrained=False, **keywords))
    models = importlib.import_module("torchvision.models")
    if name not in models.list_models():
        close = nearest(name, models.list_models())
        raise BadSource(
            f"torchvision has no model {name!r}", f"did you mean torchvision/{close}?" if close else ""
        )
    builder = models.get_model_builder(name)
    return TorchSource(text, name, maker(builder, name, given, keywords))


def _transformers(text: str, name: str, keywords: Mapping[str, Any]) -> TorchSource:
    """A model of transformers from its configuration: `hf/resnet`, or `hf/ConvNextForImageClassification`."""
    if importlib.util.find_spec("transformers") is None:
        raise BadSource("transformers is not installed", "pip install transformers")
    operators.import_torchvision()
    library = importlib.import_module("transformers")
    try:
        if hasattr(library, name):
            kind = getattr(library, name)
            settings = kind.config_class(**keywords)
        else:
            settings = library.AutoConfig.for_model(name, **keywords)
            kind = library.AutoModelForImageClassification._model_mapping[type(settings)]
    except (AttributeError, KeyError, ValueError, TypeError) as error:
        lines = str(error).splitlines()
        raise BadSource(
            f"transformers has no model {name!r} that a configuration alone gives ({lines[0] if lines else error})",
            "write hf/TYPE (hf/resnet) or hf/CLASS (hf/ResNetForImageClassification)",
        ) from error
    return TorchSource(text, name, lambda: kind(settings))
