"""Keras' `model.to_json()`: a Sequential or Functional model of Keras 2 or 3."""

import re
from typing import ClassVar

from cnncalc.importers import faults
from cnncalc.importers.building import Building
from cnncalc.importers.draft import Draft
from cnncalc.importers.foreign_text import source_of
from cnncalc.importers.formats._format import ForeignFormat, ImportRequest
from cnncalc.importers.formats._keras.config import BadKerasLayer, entry, text
from cnncalc.importers.formats._keras.json_tree import parse
from cnncalc.importers.formats._keras.walking import MODELS, KerasWalk
from cnncalc.importers.unreadable import Unreadable


class Keras(ForeignFormat):
    """The configuration of a model, without its weights."""

    title = "Keras"
    suffixes: ClassVar[tuple[str, ...]] = (".json",)

    @classmethod
    def recognises(cls, start: bytes) -> bool:
        """A class of models near the beginning; other programs write `.json` too."""
        return (
            re.search(rb'"class_name"\s*:\s*"\w{1,80}"', start) is not None and b"cnncalc" not in start[:2000]
        )

    @classmethod
    def begins(cls, start: bytes) -> bool:
        return start.lstrip()[:1] == b"{" and cls.recognises(start)

    @classmethod
    def read(cls, content: bytes, file: str, asked: ImportRequest) -> Draft:
        building = Building(source_of(content, file), "Keras")
        root = parse(building.source)
        # A whole saved file has the model's configuration in it.
        model = entry(root, "model_config") or root
        kind = text(entry(model, "class_name"))
        if kind not in MODELS:
            what = f"a `{kind}`" if kind else "something without `class_name`"
            building.fault(
                faults.NO_NETWORK,
                model.span,
                f"the file is {what}, and not a Sequential or Functional model",
                help="write it with `model.to_json()`; a subclassed model has no configuration of its layers",
            )
            raise Unreadable(building.faults, building.source)
        first = b'"channels_first"' in content and b'"data_format": "channels_last"' not in content
        version = text(entry(model, "keras_version") or entry(root, "keras_version"))
        keras_2 = not version.startswith("3") and entry(model, "module") is None
        walk = KerasWalk(building, asked, channels_first=first, keras_2=keras_2)
        config = entry(model, "config")
        try:
            outputs = walk.model(config, kind, [], (), {})
        except BadKerasLayer:
            raise Unreadable(building.faults, building.source) from None
        stem = re.sub(r"\.json$", "", re.split(r"[\\/]", file)[-1])
        return building.draft(asked.name or text(entry(config, "name")) or stem, outputs)
