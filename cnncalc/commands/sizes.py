"""`cnncalc sizes`: the input sizes that a network takes."""

import re
from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._completion import complete_spec
from cnncalc.commands._format import FormatOutput, format_for, format_option
from cnncalc.commands._options import input_option, mode_option, set_option
from cnncalc.render.formats import format_of

if TYPE_CHECKING:
    from cnncalc.diagnostic import Diagnostic
    from cnncalc.graph.other_input import Wanted
    from cnncalc.sizing import Trials

NO_SIDE = "error: the input has no height, width or length to choose: it is features"


@click.command(
    "sizes",
    short_help="The input sizes for which every window and every merge fits.",
    epilog="""\b
Examples:
  cnncalc sizes vgg16
  cnncalc sizes net.yaml --near 350x525
  cnncalc sizes net.yaml --near 350           the same for every side
  cnncalc sizes two.yaml --near left=96x96 --near right=48x48
  cnncalc sizes net.yaml --strict --format json
  cnncalc sizes --halvings 32 64 96 224      how often each can be halved
  cnncalc sizes vgg16 --halvings 224 320     and by this network""",
)
@click.argument("spec", metavar="[SPEC]", default="", shell_complete=complete_spec)
@click.argument("sides", metavar="[SIDE]...", nargs=-1)
@click.option(
    "--near",
    metavar="[NAME=]SIZE",
    multiple=True,
    help="Find the sizes that fit nearest to this one, such as 350x525. The default is the spec's own size.",
)
@set_option
@input_option
@mode_option("Which `only:` items are in the network.")
@click.option("--strict", is_flag=True, help="Padding that no window reads does not fit either.")
@click.option(
    "--halvings",
    is_flag=True,
    help="How often each SIDE can be halved without remainder: by itself, or by the layers of SPEC that halve. Without "
    "a SIDE: those that the CS231n notes recommend.",
)
@format_option("sizes", "halvings")
def command(
    spec: str,
    sides: tuple[str, ...],
    near: tuple[str, ...],
    values: dict[str, Any],
    inputs: "tuple[Wanted, ...]",
    mode: str,
    strict: bool,
    halvings: bool,
    format: str,
) -> int:
    """The sizes of SPEC's input for which every window and every merge fits, as a rule for each side.

    A size fits if there is no S001, S005 or S008, and no other error. `expect` is ignored. The exit
    status is 0 if a size fits, even if the spec's own size does not.
    """
    from cnncalc.commands._run import show_findings
    from cnncalc.render.sizes import SizesReport
    from cnncalc.sizing import OutOfTrials, fitting
    from cnncalc.sizing import near as nearest_to
    from cnncalc.sizing.weights import fixed

    if halvings:
        if near or strict:
            raise click.UsageError(
                f"--halvings and {'--near' if near else '--strict'} cannot be used together."
            )
        return _halvings(spec, sides, values, inputs, mode, format)
    if not spec:
        raise click.UsageError("The argument 'SPEC' is missing.")
    if sides:
        raise click.UsageError(f"{sides[0]!r} is one argument too many: a SIDE is for --halvings.")
    format_for(format, "sizes")
    trials = _trials(spec, values, inputs, mode, strict=strict)
    if isinstance(trials, int):
        return trials
    wanted = _wanted(near, trials)
    try:
        rule = fitting(trials)
    except OutOfTrials:
        click.echo("error: no rule was found for the sizes that were tried", err=True)
        return 1
    if rule.base is None:
        show_findings(_errors(trials), trials.graph.sources)
        click.echo(f"error: no size up to {rule.tried} fits", err=True)
        return 1
    nearest = nearest_to(rule, wanted)
    own = trials.own if trials.fits(trials.own) else nearest_to(rule, trials.own).nearest or rule.base
    report = SizesReport(trials, rule, nearest, fixed(trials, rule, own), strict)
    output = FormatOutput(format_of(format))
    output.write(format_of(format).sizes(report, output.width))
    return 0


def _halvings(
    spec: str,
    sides: tuple[str, ...],
    values: dict[str, Any],
    inputs: "tuple[Wanted, ...]",
    mode: str,
    format: str,
) -> int:
    """`--halvings`, of sides or of a network."""
    from cnncalc.commands._halvings import is_side, report
    from cnncalc.commands._halvings import sides as parsed
    from cnncalc.commands._run import show_findings, status

    output = FormatOutput(format_for(format, "halvings"))
    if not spec or is_side(spec):
        given = report(parsed((spec, *sides) if spec else ()), None, "")
        output.write(format_of(format).halvings(given, output.width))
        return 0
    wanted = parsed(sides)
    trials = _trials(spec, values, inputs, mode)
    if isinstance(trials, int):
        return trials
    output.write(format_of(format).halvings(report(wanted, trials, trials.graph.title), output.width))
    # What has an error is not in the table.
    errors = [] if trials.graph.whole else _errors(trials)
    show_findings(errors, trials.graph.sources)
    return status(errors)


def _trials(
    spec: str, values: dict[str, Any], inputs: "tuple[Wanted, ...]", mode: str, *, strict: bool = False
) -> "Trials | int":
    """The network, to be tried with other sizes; the exit status where it has none to try, which is reported."""
    from cnncalc.commands._run import (
        read_spec_argument,
        require_parameters,
        show_findings,
        status,
        with_inputs,
    )
    from cnncalc.sizing import Trials

    read = read_spec_argument(spec, inputs)
    require_parameters(read, values)
    trials = Trials(with_inputs(read, inputs, values), mode=mode, values=values, strict=strict)
    if not trials.readable:
        errors = _errors(trials)
        show_findings(errors, trials.graph.sources)
        return status(errors)
    if not trials.axes:
        click.echo(NO_SIDE, err=True)
        return 1
    return trials


def _errors(trials: "Trials") -> "list[Diagnostic]":
    from cnncalc.diagnostic import Severity

    return [item for item in trials.graph.diagnostics if item.severity is Severity.ERROR]


def _wanted(given: tuple[str, ...], trials: "Trials") -> tuple[int, ...]:
    """The sizes of `--near`, those of the spec where it says nothing."""
    ranks = {name: shape.rank for name, shape in trials.shapes.items() if shape.rank}
    wanted = {name: shape.spatial for name, shape in trials.shapes.items() if shape.rank}
    for text in given:
        name, equals, sizes = text.rpartition("=")
        if equals and name not in ranks:
            known = ", ".join(ranks)
            raise click.BadParameter(f"there is no input {name!r}; inputs: {known}", param_hint="'--near'")
        if not re.fullmatch(r"[1-9]\d{0,8}(?:x[1-9]\d{0,8}){0,2}", sizes, re.ASCII):
            raise click.BadParameter(f"{sizes!r} is not a size, as 350x525 or 350", param_hint="'--near'")
        numbers = tuple(map(int, sizes.split("x")))
        for input_name in [name] if equals else ranks:
            if len(numbers) not in (1, ranks[input_name]):
                axes = "x".join(axis.upper() for axis in trials.shapes[input_name].axes)
                shorter = "x".join(map(str, numbers[:-1])) if len(numbers) == ranks[input_name] + 1 else ""
                help = f": write {shorter}, a size has no channels" if shorter else ""
                raise click.BadParameter(f"{sizes!r} is not {axes}{help}", param_hint="'--near'")
            wanted[input_name] = numbers if len(numbers) == ranks[input_name] else numbers * ranks[input_name]
    return tuple(size for name in ranks for size in wanted[name])
