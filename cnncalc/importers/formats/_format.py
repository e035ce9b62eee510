"""What a format of networks says about itself, and how it is read."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from cnncalc.importers.draft import Draft
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape


class Asked(NamedTuple):
    """What the user asks of an import: shapes of the inputs (by name; `""` for the only one), and the mode."""

    inputs: Mapping[str, Shape] = {}
    mode: str = "inference"
    name: str | None = None


class ForeignFormat(ABC):
    """A format of networks: how a file of it is recognised, and its draft.

    `title` is its name in messages, `suffixes` the ends of its files' names (with the dot), `extra` the extra of this
    package that reading it needs (`onnx`), if it needs one.
    """

    title: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    extra: ClassVar[str | None] = None

    @classmethod
    @abstractmethod
    def recognises(cls, start: bytes) -> bool:
        """Whether content that begins with `start` (its first 64 KiB) is of this format. Its suffix is right."""

    @classmethod
    @abstractmethod
    def read(cls, content: bytes, file: str, asked: Asked) -> Draft:
        """The draft of a file's content; `file` is its path for messages, and for files beside it.

        Raises `Unreadable`, with all of its faults at once.
        """
