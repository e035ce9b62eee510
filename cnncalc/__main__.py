"""The program: `cnncalc`, and `python -m cnncalc`."""

import gc
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line."""
    # One short run: collecting cycles would only go over growing graphs, and modules, again and again. What runs long
    # turns it on (`cnncalc.commands._run.collect_garbage`).
    gc.disable()
    from cnncalc.cli import main as run

    run()


if __name__ == "__main__":
    main()
