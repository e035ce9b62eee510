"""Packages that a command needs and that are not installed: one sentence, and how to install them."""

from typing import Any

import click

from cnncalc.commands._run import FAILED


class Missing(click.ClickException):
    """A package that is not installed, or that cannot be imported."""

    exit_code = FAILED

    def show(self, file: Any = None) -> None:
        click.echo(f"error: {self.message}", err=True)


def require_torch() -> None:
    """Import PyTorch. Raises `Missing` where that is not possible."""
    from cnncalc.pytorch import MissingTorch, require

    try:
        require()
    except MissingTorch as error:
        raise Missing(str(error)) from None
    except (ImportError, OSError) as error:
        raise Missing(f"PyTorch is installed, but cannot be imported: {error}") from None
