"""Files that commands write for `-o` and `--output`: whole or not at all, and why one could not be written."""

from collections.abc import Iterable

import click

from cnncalc.files import writing
from cnncalc.text import escaped


def write_output(path: str, pieces: Iterable[str | bytes], *, new: bool = False) -> None:
    """Write text to the file that `-o` names, as UTF-8, or bytes. Where it can't be, the command ends with that.

    With `new` a file that is there, or comes meanwhile, stays as it is: raises `FileExistsError`.
    """
    try:
        with writing(path, new=new) as stream:
            for piece in pieces:
                stream.write(piece.encode("utf-8", "surrogatepass") if isinstance(piece, str) else piece)
    except BrokenPipeError:
        # Whoever read the pipe has gone: it ends quietly, as standard output does.
        raise
    except (OSError, ValueError) as error:
        if new and isinstance(error, FileExistsError):
            raise
        raise click.ClickException(unwritten(path, error)) from error


def unwritten(path: str, error: OSError | ValueError) -> str:
    """Why a file could not be written, in a sentence."""
    reason = getattr(error, "strerror", None) or str(error)
    return f"{escaped(path, 200)} can't be written: {escaped(reason.lower(), 200)}"
