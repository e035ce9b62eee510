"""Which browser the tests drive: one that the system has, of Chromium's kind. None is downloaded."""

import os
from shutil import which

# A path or a name, instead of those that are looked for.
CHOSEN = "CNNCALC_BROWSER"
# Set to 1 where a browser is known to be there, as `.ci/run` does: then none of these tests may be skipped.
NEEDED = "CNNCALC_NEEDS_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = f"no browser: none of {', '.join(NAMES)} is on the PATH; install one, or set {CHOSEN} to its path"


class NoBrowser(Exception):
    """There is no browser where one is needed; the text says what was looked for."""


def browser_path() -> str | None:
    """The program of the browser; None if the system has none. Raises `NoBrowser` if one was chosen or is needed."""
    chosen = os.environ.get(CHOSEN)
    if chosen:
        path = which(chosen)
        if path is None:
            raise NoBrowser(f"{CHOSEN} is {chosen!r}, and there is no such program")
        return path
    path = next(filter(None, map(which, NAMES)), None)
    if path is None and os.environ.get(NEEDED) == "1":
        raise NoBrowser(MISSING)
    return path
