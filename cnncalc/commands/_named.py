"""What a name means in a network: a layer, or one use of a block."""

from collections.abc import Mapping
from typing import Any

import click

from cnncalc.graph import BlockUse, Graph, Node
from cnncalc.report import frames, nodes_within

# Names that are listed of several that a word may mean, and characters of them from which on they stand by themselves.
LISTED, SHORT = 20, 40


def uses(graph: Graph) -> dict[str, BlockUse]:
    """Every use of a block by its name, in the order of the network."""
    by_name: dict[str, BlockUse] = {}
    for node in graph.nodes:
        for frame in reversed(list(frames(node.frame))):
            by_name.setdefault(frame.name, frame)
    return by_name


def find(graph: Graph, name: str, hint: str = "NAME") -> Node | BlockUse:
    """The layer or block use of a name; of the end of a name, or a block's own name, where only one has it.

    Raises `click.BadParameter` with those that may be meant.
    """
    if name in graph.by_name:
        return graph.nodes[graph.by_name[name]]
    blocks = uses(graph)
    if name in blocks:
        return blocks[name]
    named: Mapping[str, Any] = {**blocks, **{node.name: node for node in graph.nodes}}
    ending = [candidate for full, candidate in named.items() if full.endswith(f".{name}")]
    used = [frame for frame in blocks.values() if frame.item.block == name]
    for candidates, what in ((ending, "names end so"), (used, f"uses of the block {name!r}")):
        if len(candidates) == 1:
            meant: Node | BlockUse = candidates[0]
            return meant
        if candidates:
            raise click.BadParameter(
                f"{len(candidates):,} {what}:{_listed([candidate.name for candidate in candidates])}",
                param_hint=hint,
            )
    raise click.BadParameter(
        f"there is no layer and no block {name!r}.{_hint(name, list(named))}", param_hint=hint
    )


def find_layer(graph: Graph, name: str, hint: str = "NAME") -> Node:
    """The layer of a name, as `find` has it; of a block the last one, whose output is the block's."""
    named = find(graph, name, hint)
    return named if isinstance(named, Node) else nodes_within(graph, named)[-1]


def _listed(names: list[str]) -> str:
    """Names, on lines of their own where they are many."""
    from shutil import get_terminal_size
    from textwrap import wrap

    more = f", and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    text = ", ".join(names[:LISTED]) + more
    if len(text) <= SHORT:
        return f" {text}"
    indent = "  "
    width = max(30, get_terminal_size().columns)
    lines = wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n" + "\n".join(lines)


def _hint(name: str, among: list[str]) -> str:
    """Names that are like it, or whose last part is."""
    from cnncalc.spec.guessing import alike

    close = list(alike(name, among))
    if not close:
        ends = {full.rpartition(".")[2]: full for full in reversed(among)}
        close = [ends[end] for end in alike(name, ends)]
    if not close:
        return " Without a name, `cnncalc explain SPEC` lists all."
    *others, last = map(repr, close)
    return f" Did you mean {', '.join(others)}{' or ' if others else ''}{last}?"
