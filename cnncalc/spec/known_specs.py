"""Guesses for the name of a spec that does not exist: files nearby, and shipped specs."""

import os

from cnncalc import zoo
from cnncalc.text import escaped

SUFFIXES = (".yaml", ".yml")
# The number of files of a folder that are searched for a similar name.
NEARBY = 10_000


def stem(path: str) -> str:
    """`specs/vgg16.yaml` is `vgg16`."""
    return os.path.basename(path).removesuffix(".yaml").removesuffix(".yml")


def meant(path: str, folder: str | None = "", *, but: str = "") -> str | None:
    """The help with similar names; None if there are none.

    The path is relative to `folder`; without a folder, files are not searched. The file named `but` is left out.
    """
    from cnncalc.spec.guessing import alike

    name, below = stem(path), os.path.dirname(path)
    files = {stem(file): file for file in _specs_in(folder, below) if file != but}
    nearby = [files[like] for like in alike(name, files)]
    shipped = alike(name, zoo.names())
    sentences = []
    if nearby:
        paths = [f"`{escaped(os.path.join(below, file), 200)}`" for file in nearby]
        sentences.append(f"there {'is' if len(paths) == 1 else 'are'} {', '.join(paths)} here")
    if shipped:
        names = ", ".join(f"`{like}`" for like in shipped)
        sentences.append(
            f"there {'is a' if len(shipped) == 1 else 'are'} shipped spec{'s' * (len(shipped) > 1)} {names}"
        )
    return "; ".join(sentences) or None


def _specs_in(folder: str | None, below: str) -> list[str]:
    """The file names of the specs in the folder `below` of another folder."""
    if folder is None:
        return []
    try:
        names = os.listdir(os.path.join(folder, below) or os.curdir)
    except (OSError, ValueError):
        return []
    return [name for name in names if name.endswith(SUFFIXES)][:NEARBY]
