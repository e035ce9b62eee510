"""Write the generated pages, and the regions of the others: `python -m docs.generate`, or `--check` to compare.

With --check nothing is written: a page that is out of date is shown as a diff, and the exit status is 1.
"""

import sys
from collections.abc import Callable, Iterator
from difflib import unified_diff
from functools import partial
from pathlib import Path

from cnncalc import cli, describe, plugins
from docs import api, drawings, forked, pages
from docs.regions import REGION, ROOT, Stale, refreshed, start_with

MADE: dict[str, Callable[[], str]] = {
    "docs/api.md": api.page,
    "docs/commands.md": pages.commands,
    "docs/diagnostics.md": pages.diagnostics,
    "docs/layers.md": pages.layers,
    "docs/schema/cnncalc.schema.json": pages.schema,
    "docs/zoo.md": pages.specs,
    **drawings.pages(),
    **{f"docs/commands/{name}.md": partial(pages.command, name) for name in plugins.names(cli.COMMANDS)},
    **{
        f"docs/diagnostics/{fault.code}.md": partial(pages.diagnostic, fault)
        for fault in describe.faults().values()
    },
    **{
        f"docs/layers/{pages.slug(family)}.md": partial(pages.layer_family, family, members)
        for family, members in describe.families().items()
    },
}


def written() -> Iterator[Path]:
    """The pages written by hand that have regions."""
    for path in (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))):
        name = path.relative_to(ROOT).as_posix()
        if name not in MADE and REGION.search(path.read_text(encoding="utf-8")):
            yield path


def current() -> Iterator[tuple[Path, str]]:
    """Every page as it should be now."""
    for name, make in MADE.items():
        yield ROOT / name, make().rstrip() + "\n"
    for path in written():
        yield path, refreshed(path.read_text(encoding="utf-8"))


def main(arguments: list[str]) -> int:
    check = arguments == ["--check"]
    if arguments and not check:
        print("usage: python -m docs.generate [--check]", file=sys.stderr)
        return 2
    stale = False
    try:
        for path, text in current():
            now = path.read_text(encoding="utf-8") if path.exists() else ""
            if now == text:
                continue
            stale = True
            name = path.relative_to(ROOT).as_posix()
            if check:
                lines = unified_diff(
                    now.splitlines(keepends=True), text.splitlines(keepends=True), name, f"{name} (current)"
                )
                sys.stdout.writelines(lines)
            else:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
                print(f"wrote {name}")
    except Stale as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if check and stale:
        print("\nThe documentation is not current: `make docs` writes it.", file=sys.stderr)
    return int(check and stale)


if __name__ == "__main__":
    if forked.POSSIBLE:
        start_with(forked.start)
    sys.exit(main(sys.argv[1:]))
