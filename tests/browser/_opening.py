"""Pages that are watched while a test uses them: what they ask for, and what the browser complains about."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal, NamedTuple

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, Route

# Milliseconds. A machine that runs several tests at once may be slow; only a page that never answers reaches it.
PATIENCE = 90_000


class Seen(NamedTuple):
    """What went on in a page."""

    file: str
    requests: list[str]
    complaints: list[str]

    def faults(self) -> list[str]:
        """Each request of something other than the file itself, and each complaint: none of a page that is right."""
        others = [f"asked for {url}" for url in self.requests if url.partition("#")[0] != self.file]
        return [*others, *self.complaints]


class Pages:
    """Opens files as pages. All that they do is watched, and nothing that they ask for is let out."""

    def __init__(self, browser: Browser, closing: ExitStack) -> None:
        self._browser = browser
        self._closing = closing
        self.seen: list[Seen] = []

    def open(
        self,
        path: Path,
        *,
        width: int = 1280,
        height: int = 900,
        theme: Literal["light", "dark"] = "light",
        fragment: str = "",
        **more: Any,
    ) -> Page:
        """A file in a window of its own, `width` and `height` in CSS pixels; `more` is for Playwright's context."""
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, offline=True, **more
        )
        self._closing.callback(context.close)
        context.set_default_timeout(PATIENCE)
        seen = Seen(path.resolve().as_uri(), [], [])
        self.seen.append(seen)

        def answer(route: Route) -> None:
            if route.request.url.partition("#")[0] == seen.file:
                route.continue_()
            else:
                route.abort()

        def asked(request: Request) -> None:
            seen.requests.append(request.url)

        def logged(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                seen.complaints.append(f"console {message.type}: {message.text}")

        def stopped(dialog: Dialog) -> None:
            seen.complaints.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        context.route("**/*", answer)
        page = context.new_page()
        page.on("request", asked)
        page.on("websocket", lambda socket: seen.requests.append(socket.url))
        page.on("console", logged)
        page.on("pageerror", lambda error: seen.complaints.append(f"error: {error}"))
        page.on("dialog", stopped)
        page.goto(seen.file + fragment)
        return page
