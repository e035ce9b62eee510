"""Mistakes that people make, as cases for tests."""

from typing import NamedTuple

HEAD = "cnncalc: 1\ninput: 32x32x3\nlayers:\n"
BLOCK = """\
cnncalc: 1
input: 32x32x3
blocks:
  b:
    params: {params}
    layers: [conv: {{filters: $n, kernel: 1}}]
layers:
"""


class Mistake(NamedTuple):
    """A spec, the code and line of what is said, parts of the fact and the help, and the spec after following it."""

    name: str
    text: str
    code: str
    line: int
    fact: str
    help: str
    followed: str


def layers(*lines: str) -> str:
    return HEAD + "".join(f"  {line}\n" for line in lines)


def block(params: str, *lines: str) -> str:
    return BLOCK.format(params=params) + "".join(f"  {line}\n" for line in lines)


CONV = "- conv: {filters: 8, kernel: 3, padding: 1}"
