"""An unexpected error: its message, and the exit status."""

UNFORESEEN = 70
ISSUES = "https://github.com/cnncalc/cnncalc/issues"


def sentence(error: BaseException, subject: str | None) -> str:
    """One line: what happened, in which spec, and how to report it."""
    from cnncalc.text import escaped

    facts = escaped(" ".join(str(error).split()), 200)
    what = f"{type(error).__name__}: {facts}" if facts else type(error).__name__
    where = f" in {escaped(subject, 200)}" if subject else ""
    return f"unexpected error{where}: {what}; run again with --debug and report it at {ISSUES}"
