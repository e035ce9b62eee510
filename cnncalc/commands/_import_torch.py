"""The part of `cnncalc import` that runs PyTorch code."""

import os
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._missing import require_torch
from cnncalc.commands._progress import steps
from cnncalc.commands._run import CLEAN, FAILED, FINDINGS
from cnncalc.exact import counted

if TYPE_CHECKING:
    from cnncalc.importers import Draft

LIBRARIES = ("timm/", "torchvision/", "hf/")


def is_code(source: str) -> bool:
    """Whether SOURCE names Python code: a short name, a callable, or a file of Python. A file of that name is first."""
    if os.path.isfile(source):
        return source.endswith(".py")
    if source.startswith(LIBRARIES):
        return True
    where, colon, name = source.rpartition(":")
    return bool(colon and where and name) and (
        where.endswith(".py") or all(part.isidentifier() for part in where.split("."))
    )


def import_torch(
    source: str,
    arguments: Sequence[str],
    inputs: Sequence[Any],
    *,
    mode: str,
    name: str | None,
) -> "tuple[Draft, Any]":
    """The draft of a source, and what makes its module on a device. Says what is found on standard error."""
    require_torch()
    from cnncalc.pytorch.capture.building import on_meta
    from cnncalc.pytorch.capture.importing import built, import_source, with_values
    from cnncalc.pytorch.capture.named_source import BadSource
    from cnncalc.pytorch.capture.sources import check_place, resolve

    began = time.process_time()
    shapes = [(item.name, item.shape if item.size is None else item.size) for item in inputs]
    try:
        check_place(source)
        click.echo(f"note: runs the Python code of {source}", err=True)
        with steps(source) as note_step:
            note_step("its code is imported")
            given = resolve(source, arguments)
            imported = import_source(given, shapes, mode=mode, name=name, note_step=note_step)
    except BadSource as error:
        raise NotImported(str(error), error.help) from error
    _summarise(imported.draft, imported.input_reason, time.process_time() - began)

    def make(device: str) -> Any:
        return built(given, on_meta if device == "meta" else with_values)

    return imported.draft, make


class NotImported(click.ClickException):
    """A source that gives no network."""

    exit_code = FAILED

    def __init__(self, message: str, help: str = "") -> None:
        self.help = help
        super().__init__(message)

    def show(self, file: Any = None) -> None:
        from cnncalc.program.page import page_width, shown_to_a_person, wrapped

        click.echo(f"error: {self.message}", err=True)
        if self.help:
            person = shown_to_a_person(sys.stderr)
            help = wrapped(self.help, page_width(), after="help: ") if person else self.help
            click.echo(f"help: {help}", err=True)


def _summarise(draft: "Draft", input_reason: str, seconds: float) -> None:
    """What was recognised, and what is unknown, on standard error."""
    from cnncalc.importers.draft import IN_MODULE

    shapes = ", ".join(
        f"{shape}" if name == "input" else f"{name} {shape}" for name, shape in draft.inputs.items()
    )
    click.echo(f"input: {shapes}{f' ({input_reason})' if input_reason else ''}", err=True)
    known = len(draft.nodes) - len(draft.unknown)
    unknown = draft.unknown
    click.echo(
        f"{draft.name}: {counted(known, 'layer')} recognised, {counted(len(unknown), 'operation')} unknown",
        err=True,
    )
    if unknown:
        own = sum(node.fields.get("params") or 0 for node in unknown)
        kinds = ", ".join(sorted({str(node.fields["op"]) for node in unknown}))
        click.echo(f"unknown: {kinds}; {counted(own, 'parameter')} of their own", err=True)
        if len(unknown) > known:
            click.echo(
                f"{len(unknown)} of its {known + len(unknown)} operations are unknown: "
                "the figures are at least those of the rest",
                err=True,
            )
    for item in draft.notes:
        in_module = item.span.file.startswith(IN_MODULE)
        place = item.span.file if in_module else f"{item.span.file}:{item.span.line}"
        click.echo(f"{place}: {item.code} {item.message}", err=True)
    if draft.unused:
        total = sum(draft.unused.values())
        names = list(draft.unused)
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        click.echo(
            f"not used in this mode: {counted(total, 'parameter')} ({', '.join(names[:3])}{more})", err=True
        )


__all__ = ["CLEAN", "FINDINGS", "NotImported", "import_torch", "is_code"]
