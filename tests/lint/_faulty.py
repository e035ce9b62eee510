"""Specs with errors that have fixes: random ones, and mistakes of editors and people."""

from collections.abc import Callable
from random import Random

from tests.fuzz import _specs

CODES = ("S001", "S002", "D001", "G001", "L016", "S999", "Q1", "s001", "L101")
REASONS = ("", " as published", " see #12", " é  # noqa", ", [x]")


def faulty(random: Random) -> bytes:
    """One spec, sound or not, with some of it."""
    writer = random.choice((_specs.Sound, _specs.Sound, _specs.Writer))(random)
    text = writer.spec()
    for change in random.sample(CHANGES, random.randint(0, 4)):
        text = change(random, text)
    if random.random() < 0.2:
        text = text.replace("\n", random.choice(("\r\n", "\r")))
    elif random.random() < 0.1:
        text = "".join(line + random.choice(("\n", "\r\n")) for line in text.split("\n"))
    if random.random() < 0.1:
        text = "\ufeff" + text
    if random.random() < 0.1:
        text = text.rstrip("\r\n")
    return text.encode("utf-8", "surrogatepass")


def _codes(random: Random) -> str:
    return random.choice((", ", ",", " ")).join(random.choices(CODES, k=random.randint(1, 3)))


def _comment(random: Random, text: str) -> str:
    """An ignore comment at the end of a line, or on a line of its own."""
    lines = text.split("\n")
    index = random.randrange(len(lines))
    kind = random.choice(("ignore", "ignore", "ignore", "ignore-file"))
    brackets = random.choice((f"[{_codes(random)}]", f"[{_codes(random)}]", "", "[]", "[S001"))
    said = f"# cnncalc: {kind}{brackets}{random.choice(REASONS)}"
    if random.random() < 0.3:
        lines.insert(index, random.choice(("", "  ")) + said)
    else:
        lines[index] += random.choice(("  ", " ", "")) + said
    return "\n".join(lines)


def _allow(random: Random, text: str) -> str:
    """An `allow:` beside an item, in block or in flow style."""
    lines = text.split("\n")
    places = [index for index, line in enumerate(lines) if line.lstrip().startswith("- ") and ":" in line]
    if not places:
        return text
    index = random.choice(places)
    margin = len(lines[index]) - len(lines[index].lstrip()) + 2
    severities = {
        code: random.choice(("as published", '"x: y"', "é")) for code in random.sample(CODES[:6], 2)
    }
    entries = list(severities.items())[: random.choice((1, 2))]
    if random.random() < 0.5:
        new = [" " * margin + "allow: {" + ", ".join(f"{code}: {why}" for code, why in entries) + "}"]
    else:
        new = [" " * margin + "allow:", *(f"{' ' * margin}  {code}: {why}" for code, why in entries)]
    if random.random() < 0.3:
        new[-1] += "  # why"
    return "\n".join([*lines[: index + 1], *new, *lines[index + 1 :]])


def _tabs(random: Random, text: str) -> str:
    """Indentation by tabs, in some lines."""
    width = random.choice((2, 4))
    return "\n".join(
        line.replace(" " * width, "\t", 1) if line.startswith(" " * width) and random.random() < 0.5 else line
        for line in text.split("\n")
    )


def _directive(random: Random, text: str) -> str:
    return "%YAML 1.2\n---\n" + text


def _top(random: Random, text: str) -> str:
    return f"# cnncalc: ignore-file[{_codes(random)}] old\n{text}"


def _mutated(random: Random, text: str) -> str:
    return _specs.mutated(random, text)


CHANGES: tuple[Callable[[Random, str], str], ...] = (
    _comment, _comment, _allow, _allow, _tabs, _directive, _top, _mutated,
)  # fmt: skip
