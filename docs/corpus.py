"""What the rules find in the shipped specs: `python -m docs.corpus D005` prints every finding of a rule, and how many.

The table of docs/rules-corpus.md says of each rule how many there are, and what reading them has shown; a test counts
them anew. Rules in preview are counted too, and what a spec allows.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import cnncalc
from cnncalc import zoo
from cnncalc.diagnostic import Diagnostic
from cnncalc.exact import counted
from cnncalc.rules import Rule, rules


class Counts(NamedTuple):
    """Findings of a rule: one for each spec and place, the specs that have any, the places in the text."""

    findings: int
    specs: int
    places: int


def findings(chosen: list[Rule]) -> Iterator[tuple[str, Diagnostic]]:
    """Each finding with the name of its spec, once for each place in the text, as in `validate`."""
    for name in zoo.names():
        graph = cnncalc.load(name)
        graphs = [graph, cnncalc.load(name, mode="training")] if graph.spec.two_modes else [graph]
        by_place = {
            (diagnostic.code, diagnostic.span): diagnostic
            for analysis in map(cnncalc.analyse, reversed(graphs))
            for rule in chosen
            for _, diagnostic in rule.check(analysis)
        }
        yield from ((name, diagnostic) for diagnostic in by_place.values())


def counts(diagnostics: list[tuple[str, Diagnostic]]) -> Mapping[str, Counts]:
    """By code."""
    codes = sorted({item.code for _, item in diagnostics})
    return {
        code: _counted([(name, item) for name, item in diagnostics if item.code == code]) for code in codes
    }


def _counted(diagnostics: list[tuple[str, Diagnostic]]) -> Counts:
    return Counts(
        len(diagnostics), len({name for name, _ in diagnostics}), len({item.span for _, item in diagnostics})
    )


def main(arguments: list[str]) -> int:
    """Print the findings of the rules whose codes begin with an argument (of all without one), then their numbers."""
    chosen = [rule for rule in rules() if not arguments or rule.fault.code.startswith(tuple(arguments))]
    if not chosen:
        print(f"No rule has a code that begins with {' or '.join(arguments)}; `cnncalc rules` lists them.")
        return 2
    diagnostics = list(findings(chosen))
    for name, item in sorted(diagnostics, key=lambda pair: (pair[1].code, pair[1].span, pair[0])):
        place = f"{item.span.file}:{item.span.line}:{item.span.column}"
        print(f"{item.code} {name} ({place}): {item.message}")
        if item.help:
            print(f"     help: {item.help}")
    known = counts(diagnostics)
    print(f"\nIn the {len(zoo.names())} shipped specs, as docs/rules-corpus.md counts them:")
    for rule in sorted(chosen, key=lambda rule: rule.fault.code):
        print(f"  {rule.fault.code} {rule.fault.name}: {_words(known.get(rule.fault.code, Counts(0, 0, 0)))}")
    return 0


def _words(numbers: Counts) -> str:
    """`3 findings, in 2 specs, at 3 places in their texts`."""
    if not numbers.findings:
        return "no findings"
    places = f"at {counted(numbers.places, 'place')} in their texts"
    return f"{counted(numbers.findings, 'finding')}, in {counted(numbers.specs, 'spec')}, {places}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
