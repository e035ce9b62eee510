"""Tests of what only POSIX systems have: limits of a process, terminals, signals. Windows does not collect them."""

MODULES = frozenset({"fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"})
# Paths in the folder of the tests; `*` stands for every file in a folder.
ONLY = (
    "commands/test_output_files.py",
    "commands/test_unforeseen.py",
    "commands/test_workers.py",
    "files/test_rewriting.py",
    "files/test_writing.py",
    "fuzz/*.py",
    "render/findings/test_wrapping.py",
)
