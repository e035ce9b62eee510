"""What a format of networks says about itself, and how it is read."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from cnncalc.importers.draft import Draft
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape


class ImportRequest(NamedTuple):
    """What the user asks of an import: the inputs, and the mode.

    `inputs` has shapes by the names of inputs; `""` is for the only one, or for each of several with these axes. A
    number instead of a shape is the length of every side.
    """

    inputs: Mapping[str, Shape | int] = {}
    mode: str = "inference"
    name: str | None = None

    def shape(self, name: str, own: Shape | None, *, features: bool = False) -> Shape | None:
        """The shape that an input gets: the one that is asked for, else its `own`; None if neither is known.

        A number needs the axes and the channels of the own shape. Of an input of `features`, without axes, it is how
        many there are.
        """
        want = self.inputs.get(name, self.inputs.get(""))
        if want is None:
            return own
        if isinstance(want, int):
            if own is None:
                return Shape(want) if features else None
            return own._replace(spatial=(want,) * own.rank) if own.rank else Shape(want)
        return want


class ForeignFormat(ABC):
    """A format of networks: how a file of it is recognised, and its draft.

    `title` is its name in messages, `suffixes` the ends of its files' names (with the dot), `extra` the extra of this
    package that reading it needs (`onnx`), if it needs one.
    """

    title: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    extra: ClassVar[str | None] = None

    @classmethod
    def file_of(cls, name: str) -> str | None:
        """The file that is read for a name without a file: `yolo11.yaml` for `yolo11n.yaml`; None for other names."""
        return None

    @classmethod
    @abstractmethod
    def recognises(cls, start: bytes) -> bool:
        """Whether content that begins with `start` (its first 64 KiB) is of this format. Its suffix is right."""

    @classmethod
    def begins(cls, start: bytes) -> bool:
        """Whether content without a name, as on standard input, is of this format: nothing but the content says so."""
        return cls.recognises(start)

    @classmethod
    def check_size(cls, size: int, file: str) -> None:
        """Raises `Unreadable` for a file of more bytes than can be read. It is asked before the file is read."""
        return

    @classmethod
    @abstractmethod
    def read(cls, content: bytes, file: str, asked: ImportRequest) -> Draft:
        """The draft of a file's content; `file` is its path for messages, and for files beside it.

        Raises `Unreadable`, with all of its faults at once.
        """
