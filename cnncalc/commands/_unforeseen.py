"""What is said of an error that nobody foresaw: one sentence, and how to report it."""

UNFORESEEN = 70
"""The exit status of our own bugs (EX_SOFTWARE of sysexits.h)."""

ISSUES = "https://github.com/cnncalc/cnncalc/issues"
LONGEST = 300
"""Characters of an error's own words at most."""


def sentence(error: BaseException, subject: str | None) -> str:
    """One line: what happened, in which spec (`subject`, if one is known), and how to report it."""
    from cnncalc.text import escaped

    words = escaped(" ".join(str(error).split()), LONGEST)
    what = type(error).__name__ + (f": {words}" if words else "")
    where = f" in {escaped(subject, LONGEST)}" if subject else ""
    return f"an error that cnncalc does not expect{where} ({what}); run again with --debug and report it at {ISSUES}"
