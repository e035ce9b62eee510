"""More mistakes, of those who come from PyTorch, Keras or a shell: fact, place and help as in `test_mistakes`."""

import pytest

import cnncalc
from cnncalc.diagnostic import Severity, edited
from tests.diagnostics.test_mistakes import CONV, HEAD, Mistake, block, layers

MISTAKES = [
    Mistake(
        "PyTorch's names",
        layers("- Conv2d: {in_channels: 3, out_channels: 8, kernel_size: 3}"),
        "L002",
        4,
        "no layer or block `Conv2d`",
        "did you mean `conv`?",
        layers("- conv: {filters: 8, kernel: 3}"),
    ),
    Mistake(
        "PyTorch's parameters",
        layers("- conv: {in_channels: 3, filters: 8, kernel: 3}"),
        "L001",
        4,
        "has no `in_channels`",
        "leave it out: it is what comes in",
        layers("- conv: {filters: 8, kernel: 3}"),
    ),
    Mistake(
        "Keras's names",
        layers("- MaxPooling2D: {pool_size: 2}"),
        "L002",
        4,
        "no layer or block `MaxPooling2D`",
        "did you mean `maxpool`?",
        layers("- maxpool: {kernel: 2}"),
    ),
    Mistake(
        "a call as in Python",
        layers("- nn.Conv2d(3, 8, 3)"),
        "L002",
        4,
        "is a call of a program",
        "write `conv: {filters: ..., kernel: ...}`",
        layers("- conv: {filters: 8, kernel: 3}"),
    ),
    Mistake(
        "a call with a word",
        layers("- Activation('relu')"),
        "L002",
        4,
        "is a call of a program",
        "write `relu`",
        layers("- relu"),
    ),
    Mistake(
        "a tuple in braces",
        layers("- conv: {filters: 8, kernel: (3, 3), padding: 1}"),
        "L003",
        4,
        "`kernel` is given `(3, 3)`",
        "write `[3, 3]`",
        layers("- conv: {filters: 8, kernel: [3, 3], padding: 1}"),
    ),
    Mistake(
        "a tuple on a line",
        layers("- conv:", "    filters: 8", "    kernel: (3, 3)"),
        "L003",
        6,
        "a list stands in brackets",
        "write `[3, 3]`",
        layers("- conv:", "    filters: 8", "    kernel: [3, 3]"),
    ),
    Mistake(
        "the padding of another framework",
        layers("- conv: {filters: 8, kernel: 3, padding: full}"),
        "L003",
        4,
        "not full",
        "`full` is kernel - 1 on every side",
        layers("- conv: {filters: 8, kernel: 3, padding: 2}"),
    ),
    Mistake(
        "a percentage",
        layers("- dropout: 50%"),
        "L003",
        4,
        "a percent sign makes it a text",
        "write `0.5`",
        layers("- dropout: 0.5"),
    ),
    Mistake(
        "a percentage without its sign",
        layers("- dropout: 50"),
        "L003",
        4,
        "from 0 to 1, not 50",
        "write 0.5 where 50% is meant",
        layers("- dropout: 0.5"),
    ),
    Mistake(
        "half a filter",
        layers("- conv: {filters: 16.5, kernel: 3}"),
        "L003",
        4,
        "not 16.5",
        "such as 16 or 17",
        layers("- conv: {filters: 17, kernel: 3}"),
    ),
    Mistake(
        "a width that does not come out whole",
        HEAD.replace("layers:", "params: {width: 0.75}\nlayers:")
        + "  - conv: {filters: 33 * $width, kernel: 3}\n",
        "L003",
        5,
        "not 24.75",
        "`floor(...)` and `//` round down",
        HEAD.replace("layers:", "params: {width: 0.75}\nlayers:")
        + "  - conv: {filters: floor(33 * $width), kernel: 3}\n",
    ),
    Mistake(
        "a parameter in braces",
        HEAD.replace("layers:", "params: {width: 8}\nlayers:") + "  - conv: {filters: ${width}, kernel: 3}\n",
        "Y005",
        5,
        "`${width}`: a parameter has no braces",
        "write `$width`",
        HEAD.replace("layers:", "params: {width: 8}\nlayers:") + "  - conv: {filters: $width, kernel: 3}\n",
    ),
    Mistake(
        "a norm by half its name",
        layers("- conv: {filters: 8, kernel: 3, norm: batch}"),
        "L003",
        4,
        "not batch",
        "did you mean `bn`?",
        layers("- conv: {filters: 8, kernel: 3, norm: bn}"),
    ),
    Mistake(
        "a norm as a flag",
        layers("- conv: {filters: 8, kernel: 3, norm: true}"),
        "L003",
        4,
        "`norm` must be the name of a layer",
        "write `norm: bn`",
        layers("- conv: {filters: 8, kernel: 3, norm: bn}"),
    ),
    Mistake(
        "the type as a value",
        layers("- type: conv", "  filters: 8", "  kernel: 3"),
        "L006",
        4,
        "the type of a layer is its key here",
        "write `- conv: {filters: ..., kernel: ...}`",
        layers("- conv: {filters: 8, kernel: 3}"),
    ),
    Mistake(
        "the type as the only value",
        layers("- {op: relu}"),
        "L006",
        4,
        "not a value of `op`",
        "write `- relu`",
        layers("- relu"),
    ),
    Mistake(
        "a residual with its layers in a key",
        layers("- residual:", "    layers:", f"      {CONV}", "    shortcut: project"),
        "L003",
        5,
        "there is no `layers` in it",
        "put the list right below `residual`, without `layers:`; `shortcut` in the column of `residual`",
        layers("- residual:", f"    {CONV}", "  shortcut: project"),
    ),
    Mistake(
        "a block as a list",
        HEAD.replace("layers:", f"blocks:\n  b:\n    {CONV}\nlayers:") + "  - b\n",
        "L003",
        5,
        "block `b` must be a mapping",
        "put `layers:` below `b:`",
        HEAD.replace("layers:", f"blocks:\n  b:\n    layers:\n      {CONV}\nlayers:") + "  - b\n",
    ),
    Mistake(
        "a name that comes later",
        layers(CONV, "- add: [prev, skip]", CONV, "  name: skip"),
        "L011",
        5,
        "no earlier layer is named `skip`",
        "put `skip` before this one",
        layers(CONV, "  name: skip", CONV, "- add: [prev, skip]"),
    ),
    Mistake(
        "typographic quotes around the input",
        HEAD.replace("32x32x3", "“32x32x3”") + "  - relu\n",
        "L007",
        2,
        "its quotes are typographic",
        "write `32x32x3`",
        layers("- relu"),
    ),
    Mistake(
        "typographic quotes around a number",
        layers("- conv: {filters: ‘8’, kernel: 3}"),  # noqa: RUF001
        "L003",
        4,
        "its quotes are typographic",
        "write `8`",
        layers("- conv: {filters: 8, kernel: 3}"),
    ),
    Mistake(
        "groups that do not divide",
        layers("- conv: {filters: 64, kernel: 3, groups: 32}"),
        "S007",
        4,
        "32 groups do not divide 3 input channels",
        "can be divided by `groups: 1`",
        layers("- conv: {filters: 64, kernel: 3, groups: 1}"),
    ),
    Mistake(
        "a misspelt argument of a block",
        block("{n: required}", "- b: {m: 8}"),
        "L001",
        8,
        "block `b` has no parameter `m`",
        "`n`",
        block("{n: required}", "- b: {n: 8}"),
    ),
    Mistake(
        "a recurrent layer",
        layers("- lstm: 128"),
        "L002",
        4,
        "no layer or block `lstm`",
        "cnncalc has no such layer: recurrent layers are not in the catalogue",
        layers("- relu"),
    ),
    Mistake(
        "a key twice",
        layers("- conv: {filters: 8, kernel: 3, kernel: 5}"),
        "Y012",
        4,
        "`kernel` is given twice",
        "keep one of them",
        layers("- conv: {filters: 8, kernel: 5}"),
    ),
    Mistake(
        "more pools than the input has halves",
        layers("- {maxpool: 2, repeat: 6}"),
        "S005",
        4,
        "a window of 2 does not fit an input of 1",
        "it fits with",
        layers("- {maxpool: 2, repeat: 5}"),
    ),
    Mistake(
        "expect in another order",
        layers(CONV, "  expect: 8x32x32"),
        "S102",
        5,
        "gives 32x32x8, not 8x32x32",
        "write `expect: 32x32x8`",
        layers(CONV, "  expect: 32x32x8"),
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_stated_where_it_is(mistake: Mistake) -> None:
    diagnostics = [item for item in cnncalc.load(mistake.text).diagnostics if item.severity is Severity.ERROR]
    first = diagnostics[0]
    assert (first.code, first.span.line) == (mistake.code, mistake.line), diagnostics
    assert mistake.fact in first.message
    assert mistake.help in (first.help or "")


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_its_help_works_when_followed(mistake: Mistake) -> None:
    assert cnncalc.load(mistake.followed).ok


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_no_fix_changes_the_type_of_a_layer_that_is_known(mistake: Mistake) -> None:
    before = cnncalc.load(mistake.text)
    for item in before.diagnostics:
        for fix in item.fixes:
            after = cnncalc.load(edited(mistake.text, fix))
            kinds = [node.kind for node in after.nodes]
            assert all(node.kind in kinds for node in before.nodes if node.fit is not None), fix


@pytest.mark.parametrize("name", ["kernel", "stride", "padding", "dilation"])
@pytest.mark.parametrize("text", ["(3, 3)", "( 3,3 )", "(3 , 3)"])
def test_a_tuple_is_one_fault_and_its_fix_works(name: str, text: str) -> None:
    fields = {"filters": "8", "kernel": "3", name: text, "bias": "false"}
    spec = layers(f"- conv: {{{', '.join(f'{key}: {value}' for key, value in fields.items())}}}")
    diagnostics = [item for item in cnncalc.load(spec).diagnostics if item.severity is Severity.ERROR]
    assert [item.code for item in diagnostics] == ["L003"]
    fixed = cnncalc.load(edited(spec, diagnostics[0].fixes[0]))
    assert getattr(fixed.layers[0].fit.layer, name) == (3, 3)  # type: ignore[union-attr]
