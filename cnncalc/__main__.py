"""The program: `cnncalc`, and `python -m cnncalc`.

Nothing is imported here before `main`: until it runs, Python itself handles Ctrl-C, with a traceback.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

INTERRUPTED, LIMITED, BROKEN = 130, 2, 70
# Python's own script for a command, on Windows too, and `python -m cnncalc`. Another program may go on after `main`.
OUR_SCRIPTS = ("cnncalc", "cnncalc-script.py", "__main__.py")


def main() -> "NoReturn":
    """Run the command line."""
    try:
        _run()
    except KeyboardInterrupt:
        _leave()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _end()
        _ignore_interrupts()
        _finish(end.code)
        raise
    except Exception as error:
        _fail(error)


def _run() -> "NoReturn":
    import gc
    import sys
    from signal import SIGINT, default_int_handler, getsignal, signal

    # For a short run, collecting cycles would only scan growing graphs and modules again and again. Long runs
    # turn it on (`cnncalc.commands._run.collect_garbage`).
    gc.disable()
    sys.unraisablehook = _unraisable
    # In the background a shell ignores the interrupt: keep it so.
    heard = getsignal(SIGINT) is default_int_handler
    if heard:
        # An interrupt during imports may not get through: some modules catch all exceptions.
        signal(SIGINT, _leave)
    from cnncalc.cli import main as run

    if heard:
        signal(SIGINT, default_int_handler)
    try:
        run()
    finally:
        if heard:
            signal(SIGINT, _leave)


def _leave(*_: object) -> "NoReturn":
    """Ends immediately because of Ctrl-C."""
    import os
    from contextlib import suppress

    with suppress(OSError):
        os.write(2, b"interrupted\n")
    os._exit(INTERRUPTED)


def _end() -> "NoReturn":
    """Ends because of Ctrl-C, after a command has cleaned up.

    If the interrupt came inside an `exec`, as for a named tuple, Python would end by the signal instead.
    """
    import os
    import sys
    from contextlib import suppress

    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(INTERRUPTED)


def _ignore_interrupts() -> None:
    """All is written: an interrupt while Python takes itself down would end a complete run by the signal."""
    from signal import SIG_IGN, SIGINT, getsignal, signal

    if getsignal(SIGINT) is _leave:
        signal(SIGINT, SIG_IGN)


def _finish(code: object) -> None:
    """End at once: Python would first delete every object and module, which takes a tenth of a short run.

    Functions for the end of the program run, and what was written is flushed. Returns where Python must end the program
    itself: a profiler or a debugger runs it, or it may have threads or processes.
    """
    import sys

    program = sys.modules["__main__"]
    name = str(getattr(program, "__file__", "")).replace("\\", "/").rpartition("/")[2]
    ours = name in OUR_SCRIPTS and getattr(program, "main", None) is main
    if not ours or sys.gettrace() is not None or type(code) is not int:
        return
    if any(name in sys.modules for name in ("concurrent.futures", "multiprocessing", "torch")):
        return
    import atexit
    import os
    from threading import active_count

    if active_count() > 1:
        return
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except (OSError, ValueError):
        return
    os._exit(code)


def _unraisable(info: "Any") -> None:
    """An interrupt where exceptions cannot propagate, such as a destructor, ends the run too."""
    import sys

    if issubclass(info.exc_type, KeyboardInterrupt):
        _leave()
    sys.__unraisablehook__(info)


def _fail(error: Exception) -> "NoReturn":
    """The program cannot start."""
    import sys

    if "--debug" in sys.argv:
        raise error
    try:
        from cnncalc.program.limits import is_interrupt, limit

        if is_interrupt(error):
            _leave()
        limited = limit(error)
    except Exception:
        limited = "there is not enough memory, or too many files are open"
    said = limited or f"cnncalc cannot start: {type(error).__name__}: {error}"
    if sys.stderr is not None:
        sys.stderr.write(f"Error: {said}\n")
    sys.exit(LIMITED if limited else BROKEN)


if __name__ == "__main__":
    main()
