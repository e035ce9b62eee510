"""What `cnncalc draw` writes, and which of its options go together."""

from collections.abc import Collection

import click

from cnncalc.commands._memory_options import run_names

# The forms that a drawing is written in, with the ends of file names that mean them.
FORMS = {"svg": (".svg",), "html": (".html", ".htm"), "dot": (".dot", ".gv"), "mermaid": (".mmd", ".mermaid")}
# Those of other programs, which do the layout: every layer of the graph is in them.
OTHERS = ("dot", "mermaid")


def form_of(form: str | None, output: str | None) -> str:
    """The form that is asked for, by its name or by the end of the file's name. Neither is a usage error."""
    if form is not None:
        return form
    if output is None:
        raise click.UsageError("add -o with a file, such as net.svg, or --format with svg to print it.")
    low = output.lower()
    for name, ends in FORMS.items():
        if low.endswith(ends):
            return name
    known = ", ".join(ends[0] for ends in FORMS.values())
    raise click.UsageError(
        f"the end of {output!r} is that of no drawing ({known}): add --format ({', '.join(FORMS)})."
    )


def check_together(ctx: click.Context, form: str, kind: str, shade: str | None) -> None:
    """Options that have no meaning together are a usage error: none of them is passed over in silence."""
    given = {
        param.name or "": next((word for word in param.opts if word.startswith("--")), param.opts[0])
        for param in ctx.command.params
        if ctx.get_parameter_source(param.name or "") is click.core.ParameterSource.COMMANDLINE
    }
    if form in OTHERS:
        if kind != "graph":
            raise click.UsageError(f"--kind {kind} is for svg and html: {form} has the graph.")
        _refuse(given, ("depth", "every", "shade"), f"svg and html: {form} has every layer, in frames.")
    kinds = {"shade": ("graph",), "layers": ("field",), "every": ("graph", "bars", "volumes")}
    kinds["depth"] = ("graph", "bars", "volumes", "field")
    for name, fitting in kinds.items():
        if kind not in fitting:
            _refuse(given, (name,), f"--kind {' or '.join(fitting)}.")
    if kind != "timeline" and shade != "memory":
        _refuse(given, (*run_names(), "batch"), "--kind timeline, and for --colour memory.")


def _refuse(given: dict[str, str], names: Collection[str], where: str) -> None:
    for name in names:
        if name in given:
            raise click.UsageError(f"{given[name]} is for {where}")
