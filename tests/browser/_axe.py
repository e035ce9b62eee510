"""axe-core in a page: what it finds that would keep someone from using the page."""

from functools import cache
from importlib.resources import files

from playwright.sync_api import Page


@cache
def _script() -> str:
    """The library, as the package brings it: it is not fetched."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """One line for each element that breaks a rule of axe: the rule, the element, and what is wrong with it."""
    page.evaluate(_script())
    broken = page.evaluate(
        "() => axe.run(document, {resultTypes: ['violations']}).then(done => done.violations)"
    )
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {' '.join(node['failureSummary'].split())}"
        for rule in broken
        for node in rule["nodes"]
    ]
