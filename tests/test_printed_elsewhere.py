"""What is printed elsewhere about the shipped networks: the figure here, and the arithmetic of the reason, hold."""

import json
import re
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cnncalc import zoo
from tests._each import each
from tests.commands._program import run

# What the course's notes, its lecture and the textbook print, and what cnncalc prints: by network, a part of the line.
# (figures of COURSE-FACTS and the tables of the papers)
LINES = {
    "vgg16": [
        ('"24M * 4 bytes ~= 93MB / image"', "here 15,237,608 values = 58.13 MiB"),
        ('"96M for each image"', "here 15,237,608 values = 58.13 MiB"),
        ('"memory and parameters (140M)"', "here 138,357,544 parameters"),
    ],
    "googlenet": [
        ('"4M"', "here 6,998,552 parameters; without the classifier 6,998,552 - 1,025,000 = 5,973,552"),
        ('"only 5 million parameters"', "here 6,998,552 parameters"),
        ('"no FC layers"', "here 1,024,000 weights in scores"),
        ('"28x28x1000 -> 1x1x1000"', "here global_avgpool1 is 1x1x1024"),
    ],
    "alexnet": [
        ('"224x224x3"', "here input is 227x227x3"),
        ('"5 pooling layers, 224/2/2/2/2/2 = 7"', "here maxpool3 is 6x6x256"),
    ],
    "inception_bottleneck": [('"358M ops"', "here 271,351,808 MACs")],
    "three_convs": [
        ('"564.6 MB at least"', "50*11,240,000 + 3,613,600 = 565,613,600"),
        ('"525 MB for 50 images"', "50*10,520,000 = 526,000,000 bytes"),
    ],
    "conv_demo": [('"two filters of [3x33x3]"', "here 54 weights in conv1")],
    "fractalnet": [('"longest path 40"', "here 41 layers on the longest path")],
    "wrn_28_10": [('"28 layers"', "here 26 layers on the longest path")],
}
NUMBER = r"\d[\d,]*(?:\.\d+)?"
TERM = rf"(?:{NUMBER}|\([^()=]*\))"
EQUATION = re.compile(rf"{TERM}(?: ?[*/+-] ?{TERM})+ = ({NUMBER})(?!\w)")


@cache
def report(name: str) -> Any:
    return json.loads(run("inspect", name, "--format", "json").out)


@cache
def page(name: str) -> str:
    return run("inspect", name, COLUMNS="1000").out


def number(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))


def value(formula: str) -> Fraction:
    """A sum of products and quotients, with brackets."""
    flat = re.sub(
        r"\(([^()]*)\)", lambda match: str(value(match[1])), formula.replace(",", "").replace(" ", "")
    )
    total = Fraction(0)
    for sign, term in re.findall(r"([+-]?)([^+-]+)", flat):
        first, *others = re.split(r"([*/])", term)
        product = Fraction(first)
        for operator, factor in zip(others[::2], others[1::2], strict=True):
            product = product * Fraction(factor) if operator == "*" else product / Fraction(factor)
        total += -product if sign == "-" else product
    return total


def figures(name: str) -> set[int]:
    """Every count of the network, in values and in bytes, and every size."""
    content = report(name)
    whole = [size for row in content["rows"] for size in row["output"].values()]
    counts = [row[key] for row in content["rows"] for key in ("params", "weights", "macs", "activations")]
    counts += [figure for figure in content["totals"].values() if isinstance(figure, int)]
    image = content["rows"][0]["activations"]
    counts += [4 * count for count in counts] + [4 * (content["totals"]["activations"] - image)]
    return {*whole, *counts}


def claims(name: str) -> bool:
    """Whether a shipped network has the key `claims`: read from its text, for tests are collected by each process."""
    path = zoo.path(name)
    return path is not None and "\nclaims:" in Path(path).read_text(encoding="utf-8")


CLAIMED = [name for name in zoo.names() if claims(name)]


def test_are_these_networks() -> None:
    assert sorted(LINES) == CLAIMED


@pytest.mark.parametrize(("name", "says", "here"), [(name, *line) for name in LINES for line in LINES[name]])
def test_one_line_says_so_and_why(name: str, says: str, here: str) -> None:
    (line,) = [line for line in page(name).splitlines() if says in line]
    assert here in line
    markdown = run("inspect", name, "--format", "markdown").out.replace("\\", "")
    assert line.strip().rstrip(".") in markdown


@pytest.mark.parametrize("name", CLAIMED)
def test_the_reason_holds(name: str) -> None:
    for claim in report(name)["claims"]:
        known, why = figures(name), claim["why"]
        for equation in EQUATION.finditer(why):
            left, right = equation[0].rsplit(" = ", 1)
            assert value(left) == number(right), equation[0]
            known.add(int(number(right)))
        for text in re.findall(r"\d{1,3}(?:,\d{3})+", why):
            assert int(number(text)) in known, text


def test_equations_are_seen_and_computed() -> None:
    equations = ["(224 - 11 + 0)/4 + 1 = 54.25", "50*11,240,000 + 3,613,600 = 565,613,600", "2 * 3*3*3 = 54"]
    for text in equations:
        match = EQUATION.fullmatch(text)
        assert match is not None
        assert value(text.rsplit(" = ", 1)[0]) == number(match[1])
    assert value("6,998,552 - 1,025,000") != number("5,973,553")


def test_reasons_in_words_hold() -> None:
    rows = {name: [row["type"] for row in report(name)["rows"]] for name in ("alexnet", "vgg16")}
    assert (rows["alexnet"].count("maxpool"), rows["vgg16"].count("maxpool")) == (3, 5)
    last = [row["output"] for row in report("vgg16")["rows"] if row["type"] == "maxpool"][-1]
    assert tuple(last.values()) == (512, 7, 7)
    assert 24_000_000 * 4 == 96 * 10**6
    assert round(24_000_000 * 4 / 2**20, 1) == 91.6
    rows_of_vgg = [row["activations"] for row in report("vgg16")["rows"]]
    assert sum(rows_of_vgg) == report("vgg16")["totals"]["activations"] == 15_237_608
    inputs = [row["inputs"] for row in report("googlenet")["rows"] if row["name"] == "global_avgpool1"]
    (entering,) = [row["output"] for row in report("googlenet")["rows"] if [row["name"]] == inputs[0]]
    assert tuple(entering.values()) == (1024, 7, 7)
    conv3 = next(row for row in report("inception_bottleneck")["rows"] if row["name"] == "conv3")
    assert conv3["macs"] == 86_704_128


@each("name", CLAIMED)
@each("columns", ["60", "80", "120"])
def test_lines_fit_the_page(name: str, columns: str) -> None:
    out = run("inspect", name, COLUMNS=columns).out
    below = out[out.index("  activations ") :].splitlines()
    assert max(map(len, below)) <= int(columns)
