"""ONNX models."""

from typing import ClassVar

from cnncalc.importers.draft import Draft
from cnncalc.importers.formats._format import ForeignFormat, ImportRequest


class OnnxFile(ForeignFormat):
    """A model in ONNX: one protocol buffer, with its weights in it or in files beside it."""

    title: ClassVar[str] = "ONNX"
    suffixes: ClassVar[tuple[str, ...]] = (".onnx",)
    extra: ClassVar[str | None] = "onnx"

    @classmethod
    def recognises(cls, start: bytes) -> bool:
        """Its name says so: a protocol buffer has no beginning of its own, and a damaged file is one too."""
        return True

    @classmethod
    def begins(cls, start: bytes) -> bool:
        """The version of its form is the first field, a small number; bytes follow that no text has."""
        return start[:1] == b"\x08" and len(start[1:2]) > 0 and b"\x00" not in start[1:2] and start[1] < 128

    @classmethod
    def check_size(cls, size: int, file: str) -> None:
        from cnncalc.importers.onnx.limit import check_size

        check_size(size, file)

    @classmethod
    def read(cls, content: bytes, file: str, asked: ImportRequest) -> Draft:
        from cnncalc.importers.onnx import draft

        return draft(content, file, asked.inputs, asked.name)
