"""The largest ONNX file that can be read: it is one protocol buffer."""

from cnncalc.figure_words import size as shown
from cnncalc.importers.onnx import faults
from cnncalc.importers.unreadable import Unreadable

# The most that one protocol buffer can hold.
LARGEST = 2 * 2**30


def check_size(size: int, file: str) -> None:
    """Raises `Unreadable` for a file of more bytes than can be read."""
    if size >= LARGEST:
        raise Unreadable(
            [
                faults.diagnostic(
                    faults.NO_ONNX,
                    file,
                    f"the file has {shown(size)}; a model of 2 GiB or more cannot be read from one file",
                    "save it with its weights in a file of their own: "
                    "`onnx.save(model, FILE, save_as_external_data=True)`",
                )
            ]
        )
