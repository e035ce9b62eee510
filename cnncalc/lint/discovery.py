"""Finds the configuration of a file: the nearest one above it."""

import os
from typing import TYPE_CHECKING

from cnncalc.lint.patterns import matches
from cnncalc.lint.settings import NO_CONFIG, Config, GivenOptions, Settings, settings

if TYPE_CHECKING:
    from pathlib import Path

# In one folder the first of these is used.
NAMES = ("cnncalc.toml", "pyproject.toml")


class Finder:
    """Finds configurations; each is read once. `only` is the one for all files, if one is given."""

    def __init__(self, given: GivenOptions, only: Config | None = None) -> None:
        self.given = given
        self._only = only
        self._configs: dict[str, Config] = {}
        self._known: dict[tuple[int, tuple[int, ...]], Settings] = {}

    def config(self, folder: str) -> Config:
        """The configuration of the files in a folder (an absolute path). Raises `BadConfig`."""
        if self._only is not None:
            return self._only
        # Folders on the way up without a configuration. Not by recursion: there can be a thousand.
        passed: list[str] = []
        while (config := self._configs.get(folder) or _read(folder)) is None:
            passed.append(folder)
            above = os.path.dirname(folder)
            if above == folder:
                config = NO_CONFIG
                break
            folder = above
        for each in (folder, *passed):
            self._configs[each] = config
        return config

    def settings(self, path: "str | Path") -> Settings:
        """The settings for a file."""
        whole = os.path.abspath(path)
        config = self.config(os.path.dirname(whole))
        relative = _from(config.root, whole) if config.per_file else ""
        # Files that match the same patterns share one `Settings`, which is sent to other processes only once.
        key = (
            id(config),
            tuple(
                index for index, per_file in enumerate(config.per_file) if matches(per_file.pattern, relative)
            ),
        )
        if key not in self._known:
            self._known[key] = settings(config, self.given, relative)
        return self._known[key]

    def excluded(self, path: "str | Path") -> bool:
        """Whether a file or folder is excluded."""
        whole = os.path.abspath(path)
        config = self.config(os.path.dirname(whole))
        if not config.exclude:
            return False
        relative = _from(config.root, whole)
        return any(matches(pattern, relative) for pattern in config.exclude)

    @property
    def paths(self) -> list[str]:
        """The configuration files in use."""
        configs = [self._only] if self._only is not None else self._configs.values()
        return sorted({config.path for config in configs if config.path})


def _read(folder: str) -> Config | None:
    for name in NAMES:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            from cnncalc.lint.configuration import read_config

            if (config := read_config(path, _shown(path))) is not None:
                return config
    return None


def _shown(path: str) -> str:
    """A path for messages: relative to the current folder, if that is shorter."""
    near = os.path.relpath(path)
    return near if len(near) < len(path) else path


def _from(root: str, path: str) -> str:
    return os.path.relpath(path, root).replace(os.sep, "/")
