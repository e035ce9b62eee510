"""A configuration: what it sets, and its errors at their lines."""

from pathlib import Path

import pytest

from cnncalc.diagnostic import Severity, Span
from cnncalc.lint.codes import faults
from cnncalc.lint.configuration import read_config
from cnncalc.lint.settings import BadConfig, Config, GivenOptions, settings
from cnncalc.rules import Choice


def read(folder: Path, text: str, name: str = "cnncalc.toml", *, wanted: bool = False) -> Config | None:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_config(str(path), name, wanted=wanted)


def problems(folder: Path, text: str, name: str = "cnncalc.toml") -> list[str]:
    with pytest.raises(BadConfig) as bad:
        read(folder, text, name)
    return list(bad.value.problems)


WHOLE = """\
select = ["S", "D001"]
extend-select = ["G"]
ignore = ["S002"]
preview = true
severity = {D = "warning", S003 = "error"}
fail-on = "error"
strict = true
exclude = ["old/"]

[per-file."legacy/*.yaml"]
ignore = ["D"]
severity = {S003 = "info"}
budget = {params = "<= 30M"}

[budget]
params = "<= 25M"
"""


def test_says_everything(tmp_path: Path) -> None:
    config = read(tmp_path, WHOLE)
    assert config is not None
    assert config.root == str(tmp_path)
    assert config.choice == Choice(("S", "D001"), ("G",), ("S002",))
    assert (config.preview, config.fail_on, config.strict) == (True, Severity.ERROR, True)
    assert config.severity == (("D", Severity.WARNING), ("S003", Severity.ERROR))
    assert config.exclude == ("old/",)
    (override,) = config.per_file
    assert (override.pattern, override.choice) == ("legacy/*.yaml", Choice(ignore=("D",)))
    assert override.budget.limits[0].bound.amount == 30_000_000
    assert config.budget.limits[0].origin == "cnncalc.toml"


def test_in_pyproject_it_is_a_table_of_tool(tmp_path: Path) -> None:
    text = '[project]\nname = "cnncalc-nets"\n\n[tool.cnncalc]\nselect = ["S"]\n\n[tool.cnncalc.budget]\nparams = 5\n'
    config = read(tmp_path, text, "pyproject.toml")
    assert config is not None
    assert config.choice.select == ("S",)
    assert config.budget


@pytest.mark.parametrize(
    "text", ["", "[tool.ruff]\n", '[project]\nname = "cnncalc"\n', "[tool]\ncnncalc-x = 1\n"]
)
def test_a_pyproject_can_hold_none(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text, "pyproject.toml") is None
    assert read(tmp_path, text, "pyproject.toml", wanted=True) is not None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("select = [", "1: this is not TOML: "),
        ("a = 1\na = 2\n", "2: this is not TOML: "),
        ('preview = true\nselct = ["S"]', "2: there is no setting `selct` in the configuration; did you mean `select`"),
        ("zzz = 1", "1: there is no setting `zzz` in the configuration; known here: select, ignore, "),
        ('select = "S"', '1: `select` must be a list of codes, not "S"'),
        ("select = [1]", "1: `select` must be a list of codes, not a list of other things"),
        ('ignore = [\n  "S",\n  "Q7",\n]', "3: no diagnostic has a code that starts with `Q7`"),
        ('select = ["s001"]', "1: no diagnostic has a code that starts with `s001`; did you mean `S001`?"),
        ("preview = 1", "1: `preview` must be true or false, not 1"),
        ('fail-on = "errors"', '1: `fail-on` must be one of error, warning, info, never, not "errors"'),
        ('[severity]\nD = "bad"', '2: `severity.D` must be one of info, warning, error, not "bad"'),
        ('severity.Q = "info"', "1: no diagnostic has a code that starts with `Q`"),
        ("severity = 3", "1: `severity` must be a table from code to severity, not 3"),
        ("exclude = ['[z-a]']", "1: `[z-a]` is no pattern: "),
        ('[per-file."a"]\nselct = []', '2: there is no setting `selct` in [per-file."a"]; did you mean `select`?'),
        ('[per-file]\na = ["S"]', '2: [per-file."a"] must be a table, not a list'),
        ('strict = true\n[budget]\nparms = "5M"', "3: a budget has no `parms`; did you mean `params`?"),
        ('budget = {params = "5Q"}', "1: "),
        ('[per-file."x"]\n[per-file."x".budget]\nmacs = []', "3: "),
    ],
)  # fmt: skip
def test_is_held_to_what_there_is(tmp_path: Path, text: str, says: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert problem.startswith(f"cnncalc.toml:{says}")


def test_lines_are_those_of_the_whole_pyproject(tmp_path: Path) -> None:
    text = '[tool.ruff]\nselect = ["Q"]\n[tool.cnncalc]\nselect = ["Q"]\n'
    assert problems(tmp_path, text, "pyproject.toml") == [
        "pyproject.toml:4: no diagnostic has a code that starts with `Q`"
    ]


def test_all_problems_are_reported_in_order(tmp_path: Path) -> None:
    text = 'x = 1\nselect = ["Q"]\npreview = 0\n'
    assert [message.split(":")[1] for message in problems(tmp_path, text)] == ["1", "2", "3"]


@pytest.mark.parametrize("data", [b"\xff\xfe", b"#" * (1 << 21)])
def test_what_is_not_a_text_is_reported(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "cnncalc.toml").write_bytes(data)
    with pytest.raises(BadConfig):
        read_config(str(tmp_path / "cnncalc.toml"), "cnncalc.toml")


def test_a_file_that_is_not_there_is_reported() -> None:
    with pytest.raises(BadConfig, match=r"nowhere\.toml: the file cannot be read: no such file"):
        read_config("nowhere.toml", "nowhere.toml")


class TestSettings:
    """What holds for one file."""

    def test_patterns_change_it(self, tmp_path: Path) -> None:
        config = read(tmp_path, WHOLE)
        assert config is not None
        other, mine = (
            settings(config, GivenOptions(), "net.yaml"),
            settings(config, GivenOptions(), "legacy/net.yaml"),
        )
        assert other.weights == (config.severity,)
        assert mine.weights == ((("S003", Severity.INFO),), config.severity)
        assert [limit.bound.amount for limit in (*other.budget.limits, *mine.budget.limits)] == [
            25_000_000,
            30_000_000,
        ]
        assert len(mine.selection.choices) == 2

    def test_the_command_line_goes_first_but_patterns_leave_out(self, tmp_path: Path) -> None:
        from cnncalc.lint.codes import faults

        config = read(tmp_path, WHOLE)
        assert config is not None
        given = GivenOptions(Choice(("D", "S002")), fail_on="never")
        for path, taken in (("net.yaml", {"D001", "S002"}), ("legacy/net.yaml", {"S002"})):
            effective = settings(config, given, path)
            some = [faults()[code] for code in ("D001", "S002", "S001", "G001")]
            assert {fault.code for fault in some if effective.selection.takes(fault)} == taken
            assert effective.fail_on is None


class TestStrangeTexts:
    """Whatever a text contains, its errors are reported at their lines."""

    @pytest.mark.parametrize(
        ("text", "line", "says"),
        [
            ("x = " + "1" * 5000, 1, "too many digits"),
            ("strict = true\n\nx = [\n  1,\n  " + "1" * 5000 + ",\n]", 5, "too many digits"),
            ("strict = true\nx = -" + "1_1" * 3000, 2, "too many digits"),
            ("\nx = " + "[" * 5000 + "]" * 5000, 2, "nested too deep"),
            ("\nx = " + "{a=" * 5000 + "1" + "}" * 5000, 2, "nested too deep"),
            ("\n" + "a." * 100_000 + "a = 1", 2, "more than 32 words"),
            ("\n[" + '"a" . ' * 40 + "a]", 2, "more than 32 words"),
            ("strict = true\nx = 2000-13-45", 2, "not TOML"),
            ("strict = true\n\x00 = 1", 2, "not TOML"),
            ("strict = true\nstrict = true", 2, "not TOML"),
            ("strict = true\nx = '", 2, "not TOML"),
        ],
    )
    def test_are_refused_at_their_line(self, tmp_path: Path, text: str, line: int, says: str) -> None:
        (message,) = problems(tmp_path, text)
        assert message.startswith(f"cnncalc.toml:{line}: ")
        assert says in message
        assert len(message) < 300

    def test_of_another_encoding_too(self, tmp_path: Path) -> None:
        (tmp_path / "cnncalc.toml").write_bytes(b"strict = true\n# \xe9\n")
        with pytest.raises(BadConfig, match=r"cnncalc.toml:2: the text is not UTF-8"):
            read_config(str(tmp_path / "cnncalc.toml"), "cnncalc.toml")


VALUES = (
    "nan", "-inf", "inf", "1e400", "0x" + "f" * 5000, "-0x0", "1" * 4000, "18446744073709551616", "1.5", "-1", "0",
    "true", "1979-05-27", "07:32:00", "1979-05-27T07:32:00Z", "1979-05-27T07:32:00.999999-07:00", '""', "'a\tb'",
    '"\\u0000"', '"\\U0010FFFF"', '"' + "x" * 10_000 + '"', "[]", "[[]]", "[{}]", "[1, 'a', {}]", "{}", "{a = {}}",
    "{a.b.c = 1}", "[" * 100 + "]" * 100,
)  # fmt: skip
KEYS = (
    "select", "ignore", "extend-select", "preview", "severity", "severity.S001", "severity.ALL", "per-file",
    'per-file."*.yaml"', 'per-file."*.yaml".select', 'per-file."*.yaml".ignore', 'per-file."*.yaml".severity',
    'per-file."*.yaml".severity.D', 'per-file."*.yaml".budget', 'per-file."*.yaml".budget.params', "fail-on", "strict",
    "exclude", "budget", "budget.params", "budget.macs", "budget.memory", "budget.memory.training",
    "budget.memory.batch", "budget.receptive_field", "unknown", '""', '"\\u0000"',
)  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
def test_every_setting_takes_or_refuses_every_value(tmp_path: Path, key: str) -> None:
    """Each value as it is and in a list, in both kinds of file. A problem is one short line, at its place."""
    for value in [*VALUES, *(f"[{value}]" for value in VALUES)]:
        for name, head in (("cnncalc.toml", ""), ("pyproject.toml", "[tool.cnncalc]\n")):
            line = 3 if head else 2
            for message in problems_or_none(tmp_path, f"{head}\n{key} = {value}\n", name):
                assert message.startswith(f"{name}:{line}: ")
                assert "\n" not in message
                assert len(message) < 400


def problems_or_none(folder: Path, text: str, name: str) -> tuple[str, ...]:
    """The problems of a configuration; one without any is used, too."""
    try:
        config = read(folder, text, name)
    except BadConfig as bad:
        return bad.problems
    assert config is not None
    settings(config, GivenOptions(), "net.yaml")
    return ()


class TestManyProblems:
    def test_are_reported_up_to_a_hundred(self, tmp_path: Path) -> None:
        message = problems(tmp_path, "".join(f"a{index} = 1\n" for index in range(250)))
        assert len(message) == 101
        assert message[0].startswith("cnncalc.toml:1: there is no setting `a0`")
        assert message[-1] == "cnncalc.toml: and 150 more problems"

    def test_a_text_is_searched_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The keys of its lines are read for the first problem, not for each of them."""
        from cnncalc.lint import toml

        lines: list[str] = []
        path = toml._path

        def counted(line: str) -> toml.Path:
            lines.append(line)
            return path(line)

        monkeypatch.setattr(toml, "_path", counted)
        problems(tmp_path, "".join(f"a{index} = 1\n" for index in range(250)))
        assert len(lines) == 250


def test_long_settings_are_read_once_for_each_kind_of_finding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from cnncalc.lint import settings as module

    weighed: list[str] = []
    weight = module._weight

    def counted(weights: tuple[module.Weights, ...], code: str) -> Severity | None:
        weighed.append(code)
        return weight(weights, code)

    monkeypatch.setattr(module, "_weight", counted)
    diagnostic = faults()["S001"].at(Span("net.yaml", 1, 1, 1, 1), "found")
    own = settings(Config("x", severity=(("S", Severity.INFO),)), GivenOptions(), "net.yaml")
    judged = [own.judge(diagnostic) for _ in range(1000)]
    assert {diagnostic.severity for diagnostic in judged if diagnostic is not None} == {Severity.INFO}
    assert weighed == ["S001"]
