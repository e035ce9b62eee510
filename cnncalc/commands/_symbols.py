"""`--symbols`: the figures of a layer, a block or a network as formulas in letters."""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from cnncalc.commands._completion import complete_letters
from cnncalc.commands._format import FormatOutput, format_for

Command = TypeVar("Command", bound=Callable[..., Any])
HINT = "--symbols"


def parse_letters(ctx: click.Context, param: click.Parameter, given: str | None) -> tuple[str, ...] | None:
    """`--symbols`, or `--symbols C,K`; None where it is not asked for."""
    if given is None:
        return None
    names = tuple(name.strip() for name in given.split(",") if name.strip())
    for name in names:
        if not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
            raise click.BadParameter(f"{name!r} is no letter, and no name of a parameter")
    return names


symbols_option = click.option(
    HINT,
    "letters",
    metavar="[LETTERS]",
    is_flag=False,
    flag_value="",
    default=None,
    callback=parse_letters,
    shell_complete=complete_letters,
    help="Formulas in letters: the spec's parameters by name, C for the channels that enter, K for the filters, "
    "H and W for the sides; separated by commas. Without any the parameters, or C.",
)


def show_formulas(graph: Any, result: Any, names: Sequence[str], format: str, title: str = "") -> None:
    """Write the formulas of a layer, a use of a block, or (None) the whole network."""
    from cnncalc.analysis.letters import UnknownLetter, chosen, in_letters, usual
    from cnncalc.analysis.symbols import NoFormula
    from cnncalc.graph import Node
    from cnncalc.render.formulas import FormulaPage
    from cnncalc.report import nodes_within
    from cnncalc.text import escaped

    def scope(graph: Any) -> Any:
        if result is None:
            return graph.nodes
        if isinstance(result, Node):
            index = graph.by_name.get(result.name)
            return None if index is None else (graph.nodes[index],)
        return [node for node in graph.nodes if _is_within(node.frame, result.name)]

    nodes = scope(graph) if result is None or isinstance(result, Node) else nodes_within(graph, result)
    if not graph.whole or (isinstance(result, Node) and result.is_input):
        why = "an input has none" if graph.whole else "the network has errors: see `cnncalc validate`"
        if graph.ok and graph.opaque:
            why = f"`{graph.opaque[0].name}` is an operation without a layer here"
        raise click.BadParameter(f"no formulas: {why}.", param_hint=HINT)
    try:
        letters = chosen(graph, nodes, names) if names else usual(graph, nodes, scope)
        formulas = in_letters(graph, scope, letters)
    except (UnknownLetter, NoFormula) as error:
        raise click.BadParameter(f"{error}.", param_hint=HINT) from None
    of = title or result.name if result is not None else escaped(graph.spec.name) or graph.spec.file
    heading = f"{of} in {', '.join(letter.name for letter in letters)}"
    renderer = format_for(format, "formulas")
    output = FormatOutput(renderer)
    output.write(renderer.formulas(FormulaPage(heading, graph.spec.file, letters, formulas, output.width)))


def _is_within(frame: Any, name: str) -> bool:
    """Whether a use of a block is the one of that name, or stands in it."""
    while frame is not None:
        if frame.name == name:
            return True
        frame = frame.parent
    return False
