"""The specs that `cnncalc specs` lists: shipped specs that match a word, and files of the user."""

import os
from collections.abc import Iterator

import click

from cnncalc import zoo
from cnncalc.analysis.summary import fc_params
from cnncalc.api import analyse, estimate, load
from cnncalc.commands._run import UNREADABLE
from cnncalc.commands._search import SUFFIXES, is_glob, search
from cnncalc.exact import counted
from cnncalc.files import is_file
from cnncalc.record import NamedTuple
from cnncalc.render.specs import ListedSpec
from cnncalc.text import escaped


class ChosenSpecs(NamedTuple):
    """The names of shipped specs and the paths of the user's files, each once, and the errors in the words."""

    names: tuple[str, ...]
    paths: tuple[str, ...]
    errors: tuple[str, ...]


def chosen(words: tuple[str, ...], *, shipped: bool) -> ChosenSpecs:
    """What the words mean: parts of shipped names, or files, folders and globs. Without a word, all that is shipped."""
    known = zoo.names()
    names: list[str] = list(known) if shipped or not words else []
    paths: list[str] = []
    errors: list[str] = []
    for word in words:
        if _is_path(word):
            files = search((word,))
            paths += map(str, files.files)
            errors += (f"error: {escaped(path, 4096)} can't be read: {why}" for path, why in files.unreadable)
            errors += (f"error: there is no spec in {escaped(path, 4096)}" for path in files.unmatched)
            continue
        # A full name selects only that spec, even if other names contain it.
        among = (
            [word] if len(words) > 1 and word in known else [name for name in known if word.lower() in name]
        )
        names += among
        if not among:
            errors.append(f"error: no shipped spec has {word!r} in its name{_hint(word)}")
    return ChosenSpecs(tuple(dict.fromkeys(names)), tuple(dict.fromkeys(paths)), tuple(errors))


def _is_path(word: str) -> bool:
    """Whether a word is meant as a path: it looks like one, or a file has that name and no shipped spec does."""
    if os.sep in word or word in (os.curdir, os.pardir) or word.endswith(SUFFIXES) or is_glob(word):
        return True
    there = is_file(word) or os.path.isdir(word)
    return there and not any(word.lower() in name for name in zoo.names())


def _hint(word: str) -> str:
    """The shipped names that are most similar to a word."""
    from cnncalc.spec.guessing import alike

    close = alike(word, zoo.names())
    return f"; there are {', '.join(close)}" if close else ""


def figures(chosen: ChosenSpecs, *, memory: bool, lost: list[str]) -> Iterator[tuple[ListedSpec, str | None]]:
    """A row for each spec, and the error of one whose figures are not known.

    A file that can't be read has no row: its error is added to `lost`.
    """
    for name in (*chosen.names, *chosen.paths):
        graph = load(name if name in chosen.names else os.path.join(os.curdir, name))
        if (
            unread := next((item for item in graph.diagnostics if item.code == UNREADABLE), None)
        ) is not None:
            there = os.path.lexists(name)
            lost.append(
                f"error: {unread.message}" if there else f"error: there is no file {escaped(name, 4096)}"
            )
            continue
        analysis = analyse(graph)
        sums, depth = analysis.totals, analysis.depth
        peak = estimate(graph).peak(1).nbytes if memory and graph.ok and graph.layers else None
        row = ListedSpec(
            name,
            graph.spec.name,
            ", ".join(str(node.shape or "?") for node in graph.inputs),
            sums.params,
            sums.macs,
            graph.spec.origin,
            sums.activations,
            None if depth is None else depth.longest.layers,
            None if sums.params is None else sum(fc_params(analysis)),
            peak,
        )
        errors = sum(item.severity.name == "ERROR" for item in graph.diagnostics)
        shown = escaped(name, 4096)
        yield (
            row,
            f"error: {shown} has {counted(errors, 'error')}: `cnncalc validate {shown}`" if errors else None,
        )


def report_errors(errors: tuple[str, ...]) -> None:
    """Writes errors on standard error, one on each line."""
    for error in errors:
        click.echo(error, err=True)
