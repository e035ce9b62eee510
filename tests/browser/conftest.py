"""Fixtures for tests of pages in a real browser: the system's Chromium, driven by Playwright.

Where there is no browser the tests are skipped, and each says so; `.ci/run` sets CNNCALC_NEEDS_BROWSER=1, and then
they fail.
"""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser._finding import MISSING, browser_path
from tests.browser._opening import PATIENCE, Pages


# Of a module, not of the session: while Playwright runs, Python takes its event loop for one that is running, and other
# tests in this process could not start theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser, without a window."""
    path = browser_path()
    if path is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, timeout=PATIENCE)
        yield launched
        launched.close()


@pytest.fixture
def pages(browser: Browser) -> Iterator[Pages]:
    """Opens files; when the test ends, no page may have asked for anything else, or written an error."""
    with ExitStack() as closing:
        opened = Pages(browser, closing)
        yield opened
        # What a page does late is seen, too.
        for context in browser.contexts:
            for page in context.pages:
                page.evaluate("() => new Promise(done => setTimeout(done, 0))")
    assert [seen.faults() for seen in opened.seen] == [[] for _ in opened.seen]
