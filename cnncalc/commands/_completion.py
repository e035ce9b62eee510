"""What commands say about completion: each completer is loaded when a shell asks for it, not with the command."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Completer: TypeAlias = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def _completer(name: str) -> Completer:
    """The function of this name in `_completers`."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        function: Completer = getattr(import_module("cnncalc.commands._completers"), name)
        return function(ctx, param, incomplete)

    return complete


complete_block = _completer("complete_block")
complete_code = _completer("complete_code")
complete_codes = _completer("complete_codes")
complete_columns = _completer("complete_columns")
complete_gpu = _completer("complete_gpu")
complete_input = _completer("complete_input")
complete_layer = _completer("complete_layer")
complete_layer_type = _completer("complete_layer_type")
complete_letters = _completer("complete_letters")
complete_set = _completer("complete_set")
complete_shipped = _completer("complete_shipped")
complete_spec = _completer("complete_spec")
complete_spec_or_code = _completer("complete_spec_or_code")
