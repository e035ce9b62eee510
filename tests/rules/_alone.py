"""A single rule: findings of other rules in the same spec are not tested here."""

from collections.abc import Callable
from typing import Any

import cnncalc
from cnncalc.diagnostic import Diagnostic, Span
from cnncalc.rules import Rule


def alone(rule: type[Rule]) -> Callable[..., list[Diagnostic]]:
    """What a rule finds in a spec without faults: each place once, in the order of the text, nothing allowed there."""

    def diagnose(text: str, **options: Any) -> list[Diagnostic]:
        graph = cnncalc.load(text, **options)
        assert graph.ok, [item.message for item in graph.diagnostics]
        by_span: dict[Span, Diagnostic] = {}
        for node, item in rule().check(cnncalc.analyse(graph)):
            if node is None or item.code not in (node.allow or ()):
                by_span.setdefault(item.span, item)
        return sorted(by_span.values(), key=lambda item: item.order)

    return diagnose
