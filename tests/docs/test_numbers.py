"""Numbers that are written by hand into pages are those of the program, or are listed here with their source."""

import re
from collections.abc import Callable
from pathlib import Path

import cnncalc
from cnncalc import describe, plugins, zoo
from cnncalc.analysis import Totals
from cnncalc.cli import COMMANDS
from cnncalc.drawing.parts import MOST_BOXES
from cnncalc.graph.build import MAX_NODES
from cnncalc.importers.building import MOST_LAYERS
from cnncalc.layers import names
from cnncalc.render.figures import size
from cnncalc.rules import rules
from cnncalc.text.loader import MAX_NODES as MAX_WORDS
from cnncalc.webpage.memory.runs import LARGE as LARGE_NETWORK
from tests._each import each
from tests.docs._pages import ROOT, hand_written, name, prose

# Numbers of four digits and more, as pages write them, and percentages and sizes with decimals.
LARGE = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d,]*\d)")
WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
COUNTED: dict[str, Callable[[], int]] = {
    r"layer types?": lambda: len(names()),
    r"(?:lint )?rules": lambda: len(rules()),
    r"(?:networks|specs) (?:that )?(?:come|are shipped)": lambda: len(zoo.names()),
    r"(?:shipped|published) (?:networks|specs)": lambda: len(zoo.names()),
    r"commands": lambda: len(plugins.names(COMMANDS)),
    r"(?:diagnostics|codes)": lambda: len(describe.faults()),
}
# Those that mean some of them, not all.
OTHERWISE = re.compile(r"\b(?:of|other|more|these|those|first|last|at most|at least)\b", re.IGNORECASE)


def totals(spec: str) -> Totals:
    return cnncalc.analyse(cnncalc.load(spec)).totals


# The large numbers of prose: what computes each, or where it was read.
FIGURES: dict[str, Callable[[], int | None] | str] = {
    "15,237,608": lambda: totals("vgg16").activations,
    "60,950,432": lambda: 4 * (totals("vgg16").activations or 0),
    "15,470,264,320": lambda: totals("vgg16").macs,
    "271,351,808": lambda: totals("inception_bottleneck").macs,
    "854,196,224": lambda: totals("inception_naive").macs,
    "200,000": lambda: MAX_WORDS,
    "1,000,000": lambda: MAX_NODES,
    "20,000": lambda: MOST_LAYERS,
    "5,000": lambda: MOST_BOXES,
    "2,000": lambda: LARGE_NETWORK,
    "1,024": lambda: channels("layer3"),
    "2,048": lambda: channels("layer4"),
    "25,690,112": "tests/docs/test_comparison.py",
    "15,483,821,032": "tests/docs/test_comparison.py",
    "102,961,152": "tests/docs/test_comparison.py",
    "1,000": "tests/text/test_expression.py",
    "1,687": "cnncalc/memory/device/gpus.json",
    "5,209": "arXiv 2510.21048, abstract",
}


def channels(stage: str) -> int:
    """Channels at the end of a stage of ResNet-50, as the DeepLabs read them."""
    deepest = [node.shape.channels for node in cnncalc.load("resnet50").nodes if node.shape is not None]
    return {"layer3": max(count for count in deepest if count < max(deepest)), "layer4": max(deepest)}[stage]


@each("page", hand_written(), ids=name)
def test_every_large_number_is_known(page: Path) -> None:
    assert set(LARGE.findall(prose(page))) <= FIGURES.keys()


@each("figure", [figure for figure in FIGURES if callable(FIGURES[figure])])
def test_a_large_number_is_what_is_computed(figure: str) -> None:
    compute = FIGURES[figure]
    assert callable(compute)
    assert f"{compute():,}" == figure


def test_a_number_that_another_test_checks_is_in_that_test() -> None:
    for figure, place in FIGURES.items():
        if isinstance(place, str) and place.startswith("tests/"):
            assert (ROOT / place).exists(), figure


def counts(text: str) -> list[tuple[str, int, int]]:
    """Each count of something that the program has: the words, the number in them, and how many there are."""
    numbers = []
    flat = " ".join(text.split())
    for what, count in COUNTED.items():
        for match in re.finditer(
            rf"\b(\d[\d,]*|{'|'.join(WORDS)}) ((?:[a-z]+ )?{what})\b", flat, re.IGNORECASE
        ):
            if OTHERWISE.search(flat[max(0, match.start() - 12) : match.end()]):
                continue
            word = match[1].lower().replace(",", "")
            numbers.append((match[0], WORDS.index(word) + 1 if word in WORDS else int(word), count()))
    return numbers


@each("page", hand_written(), ids=name)
def test_what_is_counted_in_words_is_so_many(page: Path) -> None:
    for words, said, there_are in counts(prose(page)):
        assert said == there_are, words


def test_a_wrong_count_is_found() -> None:
    """The sentences that were wrong once."""
    for text in (
        "31 layer types, with shapes",
        "Three lint rules of the graph.",
        "22 published networks and",
    ):
        ((_, said, there_are),) = counts(text)
        assert said != there_are


def test_sizes_in_bytes_are_those_of_their_figures() -> None:
    page = (ROOT / "docs" / "conventions.md").read_text(encoding="utf-8")
    assert f"15,237,608 values = {size(4 * 15_237_608)}" in " ".join(page.split())


def test_the_table_of_commands_has_every_command() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8").split("## Commands")[1].split("## ")[0]
    said = set(re.findall(r"^\| `cnncalc (\w+)", table, re.MULTILINE))
    assert said == set(plugins.names(COMMANDS))


def test_pages_name_a_release_that_is_there_or_say_that_it_is_not() -> None:
    released = "## [0.1.0] - unreleased" not in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    assert "v0.1.0" in page
    assert ("**There is no tag `v0.1.0` yet**" in page) == (not released)


def test_the_readme_says_whether_a_gpu_was_measured() -> None:
    """Like tests/benchmarks/test_gpu_records.py for the other pages."""
    records = [
        path
        for pattern in ("verify-*.json", "gpu-*.json")
        for path in (ROOT / "benchmarks" / "results").glob(pattern)
    ]
    said = "Nothing has been verified on a GPU" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert said == (not records)
