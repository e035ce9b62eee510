"""The pages that are generated as a whole: layers, diagnostics, commands, the zoo."""

from collections.abc import Sequence
from pathlib import Path

from cnncalc import cli, describe, plugins, zoo
from cnncalc.api import analyse, load
from cnncalc.commands._drawn import ABOUT
from cnncalc.diagnostic import DiagnosticKind
from cnncalc.layers import Layer
from cnncalc.render import formats
from docs.regions import run

# What holds for all commands.
PROSE = """\
## Names of specs

SPEC is a file, `-` for standard input, the name of a shipped spec, or [a pattern](patterns.md). A file of that name is
used first, and a line on standard error reports it. A folder of that name is used first only by `validate`, which
checks the specs in it. `validate --fix` and `--add-ignore` never change a shipped spec or a pattern: `cnncalc new
--like NAME -o FILE` makes a copy, `cnncalc new --pattern PATTERN -o FILE` a spec. For an unknown name, similar files
and similar shipped specs are suggested.

## Width

The text formats follow the width of the terminal (or `COLUMNS`). `NO_COLOR` turns colour off, `FORCE_COLOR` on. On a
narrow page `inspect` shows fewer columns and keeps the names; `--columns` chooses the columns, whatever the width.
Findings, usage errors, and the tables of `cnncalc specs` and `cnncalc gpus` are wrapped or cut only on a terminal. In a
file or a pipe each message and each source is one whole line. (If `COLUMNS` is set, usage errors are always wrapped.)

## Equal rows

With `inspect --depth N`, consecutive blocks that are equal in every column except the name are one row:
`bottleneck2..3  x2`. Its figures are those of a single block. The receptive field, which differs, is then shown only if
`--columns` names it. JSON, CSV and a table with `--sort` show each block.

`diff` shows layers with equal changes as one row, with the name of the first: `conv1.bn  x53`. `--each` shows them
one by one. `--depth N` adds up blocks. `--top N` keeps the rows that change most of the parameters, MACs or
activations of the network. JSON has every layer.

## Units

Sizes are in units of 1024: KiB, MiB, GiB. `--units si` writes kB, MB, GB, units of 1000, which vendors of memory and
disks may use. `--units both` writes `58.13 MiB (60.95 MB)`. JSON has bytes.

## Characters

Output is readable in every encoding. Where the terminal's encoding lacks a character, text has an ASCII sign (`x` for
`×`) or an escape (`\\xe9`). JSON, XML and YAML have the escape that means the same. Files written with `-o` or
`--output` are UTF-8, and so is a spec, or a patch of one, on standard output.

No text from a spec becomes a command to a CI system: `::` at the start of a line, `##[`, `##vso[` and `##teamcity[`
are escaped. They are escaped in a patch too; such a line has to be changed by hand.

## Completion

A shell completes commands, options, specs (files and shipped names), layers and blocks of the spec that was typed
before, parameters after `--set`, codes, columns and GPUs. The mechanism is click's. In bash, zsh or fish:

```sh
eval "$(_CNNCALC_COMPLETE=bash_source cnncalc)"     # in ~/.bashrc
eval "$(_CNNCALC_COMPLETE=zsh_source cnncalc)"      # in ~/.zshrc
_CNNCALC_COMPLETE=fish_source cnncalc | source      # in ~/.config/fish/completions/cnncalc.fish
```

A GPU is completed without spaces, `RTX4090`, which means the same and needs no quotes.
"""
MADE = "<!-- Made by `make docs`: edits here are lost. -->\n"


def layers() -> str:
    """The catalogue: each layer type in one line, by family, with a link to the page of its family."""
    parts = [
        MADE,
        "# Layers\n",
        "Every layer type. `cnncalc layers NAME` prints what its page says. A scalar sets the parameter that is named\n"
        "so: `conv: 64` is `conv: {filters: 64}`. How layers are put together is in [spec.md](spec.md), how the\n"
        "figures are counted in [conventions.md](conventions.md).\n",
    ]
    for family, members in describe.families().items():
        page = f"layers/{slug(family)}.md"
        parts += [f"## {family.capitalize()}\n", "| layer | what it does |\n|---|---|"]
        parts += [_layer_row(layer, page) for layer in members]
        parts.append("")
    return "\n".join(parts)


def _layer_row(layer: type[Layer], page: str) -> str:
    """A row of the catalogue. The anchor is the one that a layer had when all of them were on this page."""
    link = f'<a id="{layer.key}"></a>[`{layer.key}`]({page}#{layer.key})'
    return f"| {link} | {describe.prose(describe.summary(layer))} |"


def slug(family: str) -> str:
    """The name of the page of a family of layers."""
    return family.replace(" ", "-")


def layer_family(family: str, members: Sequence[type[Layer]]) -> str:
    """The page of a family of layers."""
    pages = [describe.layer_page(layer) for layer in members]
    return "\n".join([MADE, f"# Layers: {family}\n", "[All layers](../layers.md)\n", *pages])


def diagnostics() -> str:
    """Every kind of diagnostic, by family: one line each, with a link to its page."""
    parts = [
        MADE,
        "# Diagnostics\n",
        "Everything cnncalc can report about a spec. Each code has a page; `cnncalc explain CODE` prints it.\n\n"
        "Errors and warnings make the exit status of `cnncalc validate` 1, an info only under `--fail-on info`.\n"
        "A finding that is meant is accepted at the layer, with the reason: `allow: {S001: as published}`.\n",
    ]
    for letter, about in describe.FAMILIES.items():
        members = [fault for fault in describe.faults().values() if fault.code.startswith(letter)]
        parts += [
            f"**{letter}: {about}**\n",
            "| code | name | severity | finds |\n|---|---|---|---|",
            *map(_index_row, members),
            "",
        ]
    return "\n".join(parts)


def _index_row(fault: DiagnosticKind) -> str:
    """A row of the index. The anchor is the one that a diagnostic had when all of them were on this page."""
    link = f'<a id="{describe.anchor(fault)}"></a>[{fault.code}](diagnostics/{fault.code}.md)'
    finds = describe.prose(fault.what.split(". ")[0].rstrip("."))
    return f"| {link} | {fault.name} | {fault.severity.word} | {finds} |"


def diagnostic(fault: DiagnosticKind) -> str:
    """The page of one kind of diagnostic."""
    return f"{MADE}\n{describe.fault_page(fault, level=1)}\n[All diagnostics](../diagnostics.md)\n"


def commands() -> str:
    """Every command in one line, with a link to its page, and what holds for all of them."""
    parts = [
        MADE,
        "# Commands\n",
        "`cnncalc COMMAND --help` prints what the page of a command says.\n",
        "| command | what it does |\n|---|---|",
        *map(_command_row, plugins.names(cli.COMMANDS)),
        "",
        "## Exit status\n",
        "| exit status | when |\n|---|---|",
        "| 0 | clean; notes (info) may have been printed |",
        "| 1 | findings: `validate` counts errors and warnings, `inspect`, `memory`, `expand` and `explain` only "
        "errors; a network that does not `fit` |",
        "| 2 | wrong usage; a file that cannot be read or written; nothing to check; too little memory, too few "
        "open files |",
        "| 70 | an error in cnncalc itself: one sentence names the spec; `--debug` shows where it came from |",
        "| 130 | interrupted by Ctrl-C |",
        "| 141 | the reader of the output has closed it; nothing is printed |",
        "",
        PROSE,
        _formats(),
        _help("cnncalc", level=2),
    ]
    return "\n".join(parts)


def _command_row(name: str) -> str:
    """A row of the index. The anchor is the one that a command had when all of them were on this page."""
    summary = plugins.load(cli.COMMANDS, name).command.get_short_help_str(limit=200).rstrip(".")
    link = f'<a id="cnncalc-{name}"></a>[`{name}`](commands/{name}.md)'
    return f"| {link} | {describe.prose(summary)} |"


def command(name: str) -> str:
    """The page of one command: its help."""
    return f"{MADE}\n{_help(f'cnncalc {name}', level=1)}\n[All commands](../commands.md)\n"


def _formats() -> str:
    """Every format: what it is, and which commands offer it."""
    offered: dict[str, list[str]] = {name: [] for name in (*formats.names(*formats.KINDS), *ABOUT)}
    for command in plugins.names(cli.COMMANDS):
        for param in plugins.load(cli.COMMANDS, command).command.params:
            if param.name == "format":
                for name in param.type.choices:
                    offered[name].append(f"`{command}`")
    lines = ["## Formats\n", "| `--format` | what it is | commands |", "|---|---|---|"]
    for name, commands in offered.items():
        doc = ABOUT.get(name) or plugins.load(formats.__name__, name).__doc__ or ""
        summary = " ".join(doc.split("\n\n")[0].split()).rstrip(".").replace("|", "\\|")
        lines.append(f"| `{name}` | {summary} | {', '.join(commands)} |")
    return "\n".join((*lines, ""))


def schema() -> str:
    """What `cnncalc schema` prints."""
    printed, _ = run("cnncalc schema")
    return printed


def _help(command: str, level: int) -> str:
    printed, _ = run(f"{command} --help")
    return f"{'#' * level} {command}\n\n```text\n{printed.rstrip()}\n```\n"


def specs() -> str:
    """The shipped specs with their figures and sources, and what there is to say about some of them."""
    rows, sources, notes, twins = [], [], [], zoo.twins()
    for name in zoo.names():
        graph = load(name)
        analysis = analyse(graph)
        sums = analysis.totals
        sizes = ", ".join(str(node.shape) for node in graph.inputs)
        depth = None if analysis.depth is None else analysis.depth.longest.layers
        figures = (depth, sums.params, sums.macs, sums.activations)
        cells = " | ".join("?" if figure is None else f"{figure:,}" for figure in figures)
        twin = f"torchvision's `{twins[name]}`" if name in twins else "PyTorch, built from the spec"
        remarks = _remarks(name)
        link = f"[`{name}`](#{name})" if remarks else f"`{name}`"
        rows.append(f"| {link} | {sizes} | {cells} | {twin} |")
        sources.append(
            f"| `{name}` | {describe.prose(graph.spec.name)} | {describe.prose(graph.spec.origin)} |"
        )
        if remarks:
            notes.append(f"## {name}\n\n{remarks}")
    return "\n".join(
        [
            MADE,
            "# The zoo\n",
            f"{len(rows)} specs come with cnncalc: `cnncalc inspect NAME`. The files are in [specs/](../specs), to\n"
            "read and to start from. Layers are those with weights (convolutions and fully-connected ones) on the\n"
            "longest path, as most papers count them; activations are values of one image. How each figure is\n"
            "counted is in [conventions.md](conventions.md).\n",
            "The tests build every spec and compare it with PyTorch: shapes, parameters, buffers, MACs and the bytes\n"
            "that autograd keeps. `cnncalc verify NAME` does the same. If the last column names a network of\n"
            "torchvision, that network has the same tensors in the same order, the same MACs and, with its weights,\n"
            "the same outputs (`tests/test_torchvision.py` says why, where the last bits differ). The networks'\n"
            "names and sources are in [the last table](#sources).\n",
            "| spec | input | layers | parameters | MACs | activations | compared with |\n"
            "|---|---|---:|---:|---:|---:|---|",
            *rows,
            "",
            *notes,
            "## Sources\n",
            "| spec | network | source |\n|---|---|---|",
            *sources,
        ]
    )


def _remarks(name: str) -> str:
    """The comment at the head of a spec, where it has one."""
    path = zoo.path(name)
    lines = Path(path).read_text(encoding="utf-8").splitlines() if path is not None else []
    head: list[str] = []
    for line in lines:
        if not line.startswith("#"):
            break
        head.append(line.removeprefix("#").strip())
    return describe.prose("\n".join(head)) + "\n" if head else ""
