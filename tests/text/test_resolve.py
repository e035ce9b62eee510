"""Plain scalars: YAML 1.2's core schema, less what YAML 1.1 reads differently."""

import re

from hypothesis import given
from hypothesis import strategies as st

from cnncalc.text.resolve import RefusedScalar, resolve
from tests._each import each

# YAML 1.2.2, section 10.3.2, as printed.
CORE = {
    "null": r"null | Null | NULL | ~ | ",
    "bool": r"true | True | TRUE | false | False | FALSE",
    "int": r"[-+]? [0-9]+",
    "octal": r"0o [0-7]+",
    "hex": r"0x [0-9a-fA-F]+",
    "float": r"[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?",
    "infinite": r"[-+]? ( \.inf | \.Inf | \.INF ) | \.nan | \.NaN | \.NAN",
}
# https://yaml.org/type/, as printed, less the bool and float words above.
OLD = {
    "bool": r"y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF",
    "int": r"[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+",
    "base 60 int": r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+",
    "base 60": r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*",
    "date": r"[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]",
}


def matches(table: dict[str, str], text: str) -> str | None:
    flags = re.VERBOSE if table is CORE else re.NOFLAG
    return next((kind for kind, pattern in table.items() if re.fullmatch(pattern, text, flags)), None)


@each(
    ("text", "value"),
    [
        *[(word, None) for word in ("", "~", "null", "Null", "NULL")],
        *[(word, True) for word in ("true", "True", "TRUE")],
        *[(word, False) for word in ("false", "False", "FALSE")],
        *[("0", 0), ("7", 7), ("64", 64), ("1000", 1000), ("-3", -3), ("+3", 3), ("0o17", 15), ("0xfF", 255)],
        *[
            ("0.5", 0.5),
            (".5", 0.5),
            ("+.5", 0.5),
            ("1.", 1.0),
            ("1e3", 1000.0),
            ("-1.5E-3", -0.0015),
            ("-0", 0),
        ],
        *[("999999999999999999", 10**18 - 1), ("010.5", 10.5), ("1e-999", 0.0)],
    ],
)
def test_the_core_schema(text: str, value: object) -> None:
    resolved = resolve(text)
    assert resolved == value
    assert type(resolved) is type(value)


@each(
    "text",
    [
        *[
            "conv",
            "half",
            "3x3",
            "224x224x3",
            "$filters",
            "$width * 4",
            "nUll",
            "tRUE",
            "yEs",
            "1.2.3",
            "v1",
            "-",
            "+",
            ".",
        ],
        *[
            "..",
            "-.",
            "1-2",
            "0b",
            "0b12",
            "0o8",
            "0x",
            "0xg",
            "1e",
            "--1",
            "+-1",
            "12:60",
            "٣",
            "²",
            "1٣",
            "none",
            "-0o7",
            "<<",
            "é",
            "a_b",
            "1_a",
            "_1",
        ],
    ],
)
def test_words_stay_words(text: str) -> None:
    assert resolve(text) == text


@each(
    ("text", "spellings"),
    [
        ("yes", ("true",)),
        ("Off", ("false",)),
        ("y", ("true",)),
        ("N", ("false",)),
        ("010", ("10", "8")),
        ("-010", ("-10", "-8")),
        ("00", ("0",)),
        ("08", ("8",)),
        ("1_000", ("1000",)),
        ("1_0.5", ("10.5",)),
        ("0x_1F", ("0x1F",)),
        ("0b101", ("5",)),
        ("-0b1_1", ("-3",)),
        ("-0x1F", ("-31",)),
        ("12:30", ()),
        ("1:30.5", ()),
        ("190:20:30", ()),
        ("2014-09-04", ()),
        ("2001-12-14t21:59:43.10-05:00", ()),
        ("2001-12-14 21:59:43", ()),
        (".inf", ()),
        ("-.INF", ()),
        (".NaN", ()),
        ("=", ()),
    ],
)
def test_what_yaml_1_1_reads_differently_is_refused(text: str, spellings: tuple[str, ...]) -> None:
    refused = resolve(text)
    assert isinstance(refused, RefusedScalar)
    assert not refused.too_long
    assert refused.spellings == spellings
    for spelling in spellings:
        assert not isinstance(resolve(spelling), RefusedScalar | str)


@each(
    "text",
    [
        "1" * 19,
        "-" + "1" * 5000,
        "0x" + "f" * 16,
        "0o" + "7" * 5000,
        "1e309",
        "9" * 5000 + ".0",
        "0b" + "1" * 99,
        "1_" * 4000 + "1",
        "0" * 19,
    ],
)
def test_numbers_that_are_too_long_are_refused(text: str) -> None:
    refused = resolve(text)
    assert isinstance(refused, RefusedScalar)
    assert refused.too_long


@given(st.text(st.sampled_from("0123456789abefxoinNyYsS.:_-+~= "), max_size=8))
def test_against_the_printed_schemas(text: str) -> None:
    value = resolve(text)
    core, old = matches(CORE, text), matches(OLD, text)
    if isinstance(value, RefusedScalar):
        assert core in ("int", "infinite") or core is None
    elif isinstance(value, str):
        assert core is None
        assert old is None
    else:
        expected = {type(None): ("null",), bool: ("bool",), int: ("int", "octal", "hex"), float: ("float",)}
        assert core in expected[type(value)]


@given(st.from_regex(re.compile("|".join(OLD.values())), fullmatch=True))
def test_all_that_is_special_in_yaml_1_1_is_refused_or_the_same_in_1_2(text: str) -> None:
    value = resolve(text)
    assert isinstance(value, RefusedScalar) or matches(CORE, text) is not None
