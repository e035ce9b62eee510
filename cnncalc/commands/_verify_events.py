"""What the process that verifies is asked, and the events by which it answers."""

from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import click

from cnncalc.diagnostic import Diagnostic
from cnncalc.pytorch.outcome import Verification
from cnncalc.spec import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnncalc.graph.other_input import Wanted


class Unfit(Exception):
    """A run that this machine can't do, in one line."""


class Broken(RuntimeError):
    """An error of this program in the process that runs PyTorch, with its traceback."""


class VerifySettings(NamedTuple):
    """How to run; `device` may be `auto`."""

    device: str
    dtype: str
    batch: int
    training: bool
    seed: int
    values: "Mapping[str, Any]" = NOTHING
    inputs: "tuple[Wanted, ...]" = ()


class Began(NamedTuple):
    """A network is about to be verified: its name, and how much work it is (see `weight`)."""

    name: str
    weight: int


class At(NamedTuple):
    """What is run next, as it is named in a sentence."""

    where: str


class Advanced(NamedTuple):
    """How much of the work is done since the last event."""

    weight: int


class RefusedNetwork(NamedTuple):
    """A network that PyTorch can't run because of its spec."""

    name: str
    diagnostics: tuple[Diagnostic, ...]


class RunFailed(NamedTuple):
    """A run that the machine could not do, in one line. With a `traceback` it is an error in this program."""

    name: str
    error: str
    traceback: str = ""


Event = Began | At | Advanced | RefusedNetwork | RunFailed | Verification


def raise_failed(name: str, failed: RunFailed) -> NoReturn:
    """Raise what came of a network of this name: `Broken` for an error of this program, else `click.ClickException`."""
    if failed.traceback:
        error = Broken(f"{name}: {failed.error}")
        error.add_note(failed.traceback)
        raise error
    raise click.ClickException(failed.error)
