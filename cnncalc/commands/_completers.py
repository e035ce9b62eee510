"""Completions for a shell: specs, files, the layers and blocks of a spec, codes, columns, GPUs.

A shell starts cnncalc anew for every press of the key, so no function here imports PyTorch, and a graph is made only
where layers of a spec are asked for. After an error nothing is completed: a message would not be visible.
"""

import os
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import click
from click.shell_completion import CompletionItem

Completed: TypeAlias = list[CompletionItem]

SPECS = (".yaml", ".yml")
# The most layers that are built to complete their names.
MOST_LAYERS = 20_000


def _items(words: Iterable[str], incomplete: str) -> Completed:
    """The words that begin with what is typed, in any case."""
    begun = incomplete.lower()
    return [CompletionItem(word) for word in words if word.lower().startswith(begun)]


def files(incomplete: str) -> Iterator[str]:
    """Specs and folders that begin so. Of a single folder its content: a shell would end the word after the folder."""
    entries = list(_entries(incomplete))
    while len(entries) == 1 and entries[0].endswith(os.sep):
        if not (inside := list(_entries(entries[0]))):
            break
        entries = [entries[0], *inside] if len(inside) == 1 and not inside[0].endswith(os.sep) else inside
    yield from entries


def _entries(incomplete: str) -> Iterator[str]:
    folder, begun = os.path.split(incomplete)
    try:
        entries = sorted(os.scandir(folder or os.curdir), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        hidden = entry.name.startswith(".") and not begun.startswith(".")
        if hidden or not entry.name.startswith(begun):
            continue
        path = os.path.join(folder, entry.name)
        if entry.is_dir():
            yield path + os.sep
        elif entry.name.endswith(SPECS):
            yield path


def complete_shipped(ctx: click.Context, param: click.Parameter, incomplete: str) -> Completed:
    """Names of the zoo."""
    from cnncalc import zoo

    return _items(zoo.names(), incomplete)


def complete_spec(ctx: click.Context, param: click.Parameter, incomplete: str) -> Completed:
    """Files of specs, and names of the zoo."""
    from cnncalc import zoo

    return [
        *(CompletionItem(path) for path in files(incomplete)),
        *_items((name for name in zoo.names() if not os.path.exists(name)), incomplete),
    ]


def complete_spec_or_code(ctx: click.Context, param: click.Parameter, incomplete: str) -> Completed:
    """What `explain` takes first."""
    codes = complete_code(ctx, param, incomplete) if incomplete[:1].isupper() else []
    return [*codes, *complete_spec(ctx, param, incomplete)]


def complete_code(ctx: click.Context, param: click.Parameter, incomplete: str) -> Completed:
    """Codes of diagnostics, each with its name."""
    from cnncalc import describe

    return [
        CompletionItem(fault.code, help=fault.name)
        for fault in describe.faults().values()
        if fault.code.startswith(incomplete.upper())
    ]


def complete_codes(ctx: click.Context, param: click.Parameter, incomplete: str) -> Completed:
    """The last of several codes that are separated by commas."""
    before, comma, begun = incomplete.rpartition(",")
    return [
        CompletionItem(before + comma + item.value, help=item.help)
        for item in complete_code(ctx, param, begun)
    ]


def complete_layer(ctx: click.Context, param: click.Parameter, incomplete: str) -> Completed:
    """Layers of the spec that is named before, and uses of its blocks."""
    graph = _graph(ctx)
    if graph is None:
        return []
    names: dict[str, str] = {}
    for node in graph.nodes:
        frame = node.frame
        while frame is not None:
            names.setdefault(frame.name, f"block {frame.item.block}")
            frame = frame.parent
        names[node.name] = node.kind
    return [CompletionItem(name, help=kind) for name, kind in names.items() if name.startswith(incomplete)]


def complete_block(ctx: click.Context, param: click.Parameter, incomplete: str) -> Completed:
    """What can be a unit of memory: blocks by name, uses of them, layers."""
    graph = _graph(ctx)
    blocks = [] if graph is None else [CompletionItem(name, help="block") for name in graph.spec.blocks]
    return [
        *(item for item in blocks if item.value.startswith(incomplete)),
        *complete_layer(ctx, param, incomplete),
    ]


def complete_set(ctx: click.Context, param: click.Parameter, incomplete: str) -> Completed:
    """`NAME=` of the parameters of the spec that is named."""
    words = ("spec", "what", "old", "new", "pattern")
    specs = [spec for word in words if (spec := _spec(ctx, word)) is not None]
    names = dict.fromkeys(name for spec in specs for name in spec.parameters)
    return _items((f"{name}=" for name in names), incomplete)


def complete_letters(ctx: click.Context, param: click.Parameter, incomplete: str) -> Completed:
    """The last of several letters: parameters of the spec that is named, and what stands for channels and sides."""
    spec = _spec(ctx, "what")
    before, comma, begun = incomplete.rpartition(",")
    names = [*(() if spec is None else spec.parameters), "C", "K", "H", "W"]
    return [CompletionItem(before + comma + name) for name in names if name.startswith(begun)]


def complete_input(ctx: click.Context, param: click.Parameter, incomplete: str) -> Completed:
    """`NAME=` of the inputs of the spec that is named, where there are several."""
    specs = [spec for word in ("spec", "what", "old", "new") if (spec := _spec(ctx, word)) is not None]
    names = dict.fromkeys(name for spec in specs if len(spec.inputs) > 1 for name in spec.inputs)
    return _items((f"{name}=" for name in names), incomplete)


def complete_columns(ctx: click.Context, param: click.Parameter, incomplete: str) -> Completed:
    """The last of several columns that are separated by commas."""
    from cnncalc.render.columns import EVERY

    before, comma, begun = incomplete.rpartition(",")
    named = before.split(",")
    return [
        CompletionItem(before + comma + name)
        for name in EVERY
        if name.startswith(begun) and name not in named
    ]


def complete_gpu(ctx: click.Context, param: click.Parameter, incomplete: str) -> Completed:
    """GPUs by name, the brand left out or not. Written without spaces, a name needs no quotes and means the same."""
    from cnncalc.memory.device import BRANDS, known_gpus

    begun = incomplete.replace(" ", "").lower()
    items = []
    for gpu in known_gpus():
        whole = gpu.name.replace(" ", "")
        names = [whole]
        for brand in BRANDS:
            if names[-1].lower().startswith(brand):
                names.append(names[-1][len(brand) :])
        # Without a beginning one spelling of each is enough.
        fitting = [name for name in names if name and name.lower().startswith(begun)]
        if fitting:
            items.append(CompletionItem(fitting[0], help=gpu.name))
    return items


def complete_layer_type(ctx: click.Context, param: click.Parameter, incomplete: str) -> Completed:
    """Layer types of the catalogue."""
    from cnncalc import layers

    return _items(layers.names(), incomplete)


def _spec(ctx: click.Context, argument: str) -> Any:
    """The spec under an argument that comes before; None where there is none, or it can't be read."""
    reference = ctx.params.get(argument)
    if reference is None:
        # Of a line that ends within an option click has put no argument in its place.
        names = [param.name for param in ctx.command.params if isinstance(param, click.Argument)]
        reference = dict(zip(names, ctx.args, strict=False)).get(argument)
    if not isinstance(reference, str) or reference == "-" or reference.startswith("git:"):
        return None
    from cnncalc.api import read_path

    try:
        return read_path(reference)
    except Exception:
        # The shell shows no message, and a traceback in the middle of a command line does not help.
        return None


def _graph(ctx: click.Context) -> Any:
    """The graph of the spec that is named before, in the mode and with the values that are."""
    spec = _spec(ctx, "spec") or _spec(ctx, "what")
    if spec is None:
        return None
    from cnncalc.graph import build

    try:
        given = ctx.params.get("values") or {}
        values = {name: value for name, value in given.items() if name in spec.parameters}
        mode = ctx.params.get("mode") or "inference"
        return build(spec, mode=mode, values=values, max_nodes=MOST_LAYERS)
    except Exception:
        return None
