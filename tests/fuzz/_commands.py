"""Random command lines, run without the guard: an unforeseen exception is a failure here."""

import json
import re
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path
from random import Random
from typing import NamedTuple, NoReturn

import click

from cnncalc.cli import Invocation, cli
from cnncalc.program.streams import open_streams
from tests.commands._program import environment, given_environment, given_streams

MAX_NODES = "2000"
# Commands of CI systems at the start of a line, and control characters of a terminal anywhere.
COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)
UNSAFE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
NUMBERS = (
    "1", "2", "7", "64", "1000000", "999999999", "1000000000", "10000000000", "0", "-1", "nan", "inf", "1e999", "3.5",
    "9" * 30, "9" * 5000, "", "x", "0x10", "1_000", "٣", "\udcff",
)  # fmt: skip
SIZES = ("1", "2", "3", "3x1", "[2, 2]", "1,2,3", "half", "same", "top=1,left=2", "{bottom: 3}", "front=1")
SHAPES = (
    "8x8x3",
    "20x4",
    "4x5x6x2",
    "1x1x1",
    "999999999999999999x3",
    "224x224",
    "3x224x224",
    "{length: 9, channels: 2}",
)
PLACES = ("0", "0,0", "1,1,1", "7,7", "0,0,0,0", "9" * 18, "a", "")
LETTERS = ("", "C", "C,K", "W", "H,W", "C,K,H,W", "width", "q", "1", ",")
LAYER_FORMATS = ("text", "json", "markdown")
WORDS = (
    "",
    "x",
    "a\nb",
    "::error::x",
    "\x1b[31m",
    "\u202e",
    "conv1",
    "input",
    "layers",
    "..",
    "-",
    "--",
    "{}",
    "*",
)
DTYPES = ("float32", "float64", "float16", "bfloat16", "int8")


class Ended(NamedTuple):
    status: int
    out: str
    err: str


def unguarded(*arguments: str, encoding: str = "utf-8", stdin: bytes = b"", **env: str) -> Ended:
    """Run a command in this process; an exception that is no usage error comes out of it."""
    streams = {name: TextIOWrapper(BytesIO(), encoding=encoding) for name in ("stdout", "stderr")}
    streams["stdin"] = TextIOWrapper(BytesIO(stdin), encoding="utf-8")
    with given_environment(environment(**env)), given_streams(streams):
        open_streams()
        try:
            status = cli.main(list(arguments), prog_name="cnncalc", standalone_mode=False, obj=Invocation())
        except click.ClickException as error:
            error.show()
            status = 2
    written = {}
    patch = "--diff" in arguments
    for name in ("stdout", "stderr"):
        streams[name].flush()
        buffer = streams[name].buffer
        assert isinstance(buffer, BytesIO)
        written[name] = buffer.getvalue().decode("utf-8" if patch else encoding)
    return Ended(int(status or 0), written["stdout"], written["stderr"])


def hold(line: tuple[str, ...], ended: Ended) -> None:
    """What holds for any command line."""
    assert ended.status in (0, 1, 2), line
    if "github" not in line:
        assert not COMMAND.search(ended.out), (line, COMMAND.search(ended.out))
    # A patch has the characters of the text.
    assert "--diff" in line or not UNSAFE.search(ended.out), (line, UNSAFE.search(ended.out))
    if ended.out and {"json", "sarif", "gitlab"} & set(line):
        json.loads(ended.out, parse_constant=_refuse)


def _refuse(constant: str) -> NoReturn:
    raise AssertionError(f"JSON has no {constant}")


def every_command(file: str, other: str, random: Random) -> Iterator[tuple[str, ...]]:
    """A run of every command on a file, in one of its formats."""
    graph = ("--max-nodes", MAX_NODES, *random.choice(((), ("--strict",))))
    mode = random.choice(((), ("--mode", "training"), ("--mode", "inference")))
    pick = random.choice
    yield (
        "inspect",
        file,
        "--format",
        pick(("text", "json", "markdown", "csv", "html", "latex", "svg")),
        *graph,
        *mode,
    )
    yield "inspect", file, "--all", "--depth", pick("012"), "--sort", pick(("macs", "name", "params")), *graph
    yield (
        "validate",
        file,
        "--format",
        pick(("text", "json", "sarif", "github", "gitlab", "junit", "concise")),
    )
    yield "validate", file, "--select", "ALL", "--preview", "--diff", "--unsafe-fixes", *graph
    yield "memory", file, "--format", pick(("text", "json")), *_run(random), *graph, *mode
    # What fits is searched for with many replays: one file in four is enough.
    if random.random() < 0.25:
        yield "fit", file, "--memory", pick(("1GiB", "1MiB")), "--format", pick(("text", "json")), *graph
    sides = pick(((file, other), (other, file), (file, file)))
    yield "diff", *sides, "--format", pick(("text", "json", "markdown", "svg", "html")), *graph
    yield "inspect", file, "--bars", *graph, *mode
    kind = pick(("graph", "graph", "volumes", "field", "bars", "timeline"))
    yield "draw", file, "--kind", kind, "--format", pick(("svg", "html")), *graph, *mode
    yield "draw", file, "--format", pick(("svg", "dot", "mermaid")), "--depth", pick("012"), *graph, *mode
    yield "expand", file, *graph, *mode
    yield "explain", file, pick(("conv1", "fc1", "input", "relu1", "add1", "1")), *graph, *mode
    names = ("conv1", "fc1", "input", "relu1", "add1")
    yield "explain", file, pick(names), "--at", pick(PLACES), "--format", pick(LAYER_FORMATS), *graph, *mode
    yield "explain", file, *pick(((), (pick(names),))), "--symbols", pick(LETTERS), *graph, *mode
    yield _window(random)
    yield _layer(random)


def _run(random: Random) -> tuple[str, ...]:
    return random.choice(
        ((), ("--optimizer", "adam"), ("--momentum", "0.9"), ("--autocast", "float16"), ("--devices", "4", "--sharded"),
         ("--channels-last",), ("--backend", "cpu"), ("--gpu", "RTX4090"), ("--accumulate", "4", "--prefetch", "2"))
    )  # fmt: skip


def _window(random: Random) -> tuple[str, ...]:
    pick = random.choice
    options = ("-k", "-s", "-p", "-d")
    given = [word for option in options[: 1 + random.randrange(4)] for word in (option, pick(NUMBERS))]
    return ("window", *given, "--format", pick(("text", "json")), "--", pick(NUMBERS))


def _layer(random: Random) -> tuple[str, ...]:
    """One layer without a spec."""
    pick = random.choice
    name = pick(("conv", "pool", "fc"))
    options = {"conv": ("-k", "-f", "-s", "-p", "-d", "-g"), "pool": ("-k", "-s", "-p", "-d"), "fc": ("-u",)}[
        name
    ]
    most = 1 + random.randrange(len(options))
    given = [word for option in options[:most] for word in (option, pick((*NUMBERS, *SIZES)))]
    given += pick(((), ("--at", pick(PLACES)), ("--symbols", pick(LETTERS))))
    return (name, *given, "--format", pick(LAYER_FORMATS), "--", pick((*SHAPES, *NUMBERS)))


def hostile(file: str, random: Random) -> tuple[str, ...]:
    """A command with unusual options."""
    name = random.choice(sorted(set(cli.list_commands(click.Context(cli))) - {"verify"}))
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    words = [name]
    for param in command.params:
        if isinstance(param, click.Argument):
            words.append(random.choice((file, file, *WORDS)))
        elif random.random() < 0.3 and not {"--watch", "--fix", "--add-ignore", "--output"} & set(param.opts):
            words += _option(param, file, random)
    return tuple(words)


def _option(param: click.Parameter, file: str, random: Random) -> list[str]:
    option = max(param.opts, key=len)
    if isinstance(param, click.Option) and (param.is_flag or param.flag_value is not None):
        return [option]
    if isinstance(param.type, click.Choice):
        return [option, random.choice((*param.type.choices, "x"))]
    value = random.choice(
        (*NUMBERS, *WORDS, *DTYPES, f"w={random.choice(NUMBERS)}", "12GiB", "params > 3", file)
    )
    return [f"{option}={value}"]


def linked(folder: Path, specs: Path) -> None:
    """The shipped specs beside those of a fuzz, which may extend them."""
    for path in specs.glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
