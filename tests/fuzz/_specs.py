"""Random specs from what the layers state, with right and wrong values mixed; and the zoo, mutated."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import TypeAlias

from cnncalc import layers
from cnncalc.layers import REQUIRED, Kind, Layer, main_field, stated

# A value to be written: the text of a scalar, a list, or pairs of key and value (keys may come twice).
Written: TypeAlias = "str | list[Written] | Pairs"
FOLDER = Path(__file__).parents[2] / "specs"
ZOO = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.yaml"))}

NAMES = ("a", "b", "stem", "head.1", "conv1", "relu2", "x-1", "input", "true", "3", "prev_1")
EXPRESSIONS = (
    "$w", "$w * 2", "$m + 1", "$in.channels", "$in.height // 2", "$in.features", "$i + 1", "round_to(8 * $w, 8)",
    "max($m, 2)", "$w / 2", "$in.channels / 3", "-$m", "$w * $w * $w * $w * $w", "min($in.channels, 4)", "$m % 3",
)  # fmt: skip
CONDITIONS = (
    "true", "false", "$m > 1", "$w == 8 and not $deep", "$deep", "$in.channels > 3", "$i == 0", "$m", "'x'", "yes",
)  # fmt: skip
WRONG = (
    "x", "-1", "0", "1.5", "null", "true", "100000000000000000", "999999999999999999", "3x3", "010", "yes", "1_000",
    '"3"', "'half'", "$nope", "$m / 0", "1 + $", "$w ** 2", "1e400", ".inf", "12:30", "2001-01-01", "''", "~", "&a 3",
    "*a", "!!int 3", "same", "[]", "{}", "[1, [2]]", "{a: 1}", "[3, 3, 3, 3]", "[0]", "٣", "é", "[/red]",
    '"\\x1b[31m"', "a" * 70, "9" * 19, "0x1F", "$in", "$i", "max()", "(((($m))))", "-0", "+3", "1e3", "none", "relu",
    "99999999999 * 99999999999", "'\u202e'", "🚀",
)  # fmt: skip
SHAPES = (
    "8x8x3", "16x16x4", "9x9x6", "10x12x4", "32x32x3", "1x1x8", "20x4", "4x4x4x2", "12", "{channels: 4, length: 9}",
    "{channels: 3, height: 8, width: 9}", "{features: 10}", "7x7x$w", "{channels: $w, height: 8, width: 8}",
)  # fmt: skip
BAD_SHAPES = (
    "3x32x32",
    "[8, 8, 3]",
    "8*8*3",
    "0x8x3",
    "{channels: 3}",
    "8x8",
    "1x2x3x4x5",
    "-8x8x3",
    "8 x 8 x 3",
)


class Pairs(list[tuple[str, "Written"]]):
    """The entries of a mapping."""


class Writer:
    """Writes one spec. `wrong` is how often a value is not valid in its place."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.wrong = random.choice((0.0, 0.0, 0.0, 0.02, 0.1, 0.4))
        self.blocks: dict[str, list[str]] = {}
        self.names = [name for name in layers.names() if layers.layer_type(name).arity is not None]
        self.depth = 0
        # Whether the blocks are done and the network's own layers are being written.
        self.writing_layers = False

    def maybe(self, chance: float) -> bool:
        return self.random.random() < chance

    def spec(self) -> str:
        """The text of a spec."""
        pick = self.random.choice
        top = Pairs([("cnncalc", "1" if not self.maybe(self.wrong / 4) else pick(WRONG))])
        if self.maybe(0.2):
            top.append(("name", pick(("Net", '"[/red]"', "'a: b'", "\u00e9t\u00e9 🚀", *WRONG[:12]))))
        if self.maybe(0.9):
            top.append(("input", self.shape()))
        else:
            top.append(
                ("inputs", Pairs([(name, self.shape()) for name in ("left", "right")[: pick((1, 2, 2))]]))
            )
        top.append(("params", Pairs([("w", "8"), ("m", pick(("1", "2", "3", "0"))), ("deep", "false")])))
        if self.maybe(0.1):
            top.append(("strict", pick(("true", "false"))))
        if self.maybe(0.3):
            names = ("conv", "maxpool", "fc", "bn", "relu", "upsample")
            top.append(
                ("defaults", Pairs([(name, self.fields(name, 0.3)) for name in names if self.maybe(0.3)]))
            )
        if self.maybe(0.5):
            top.append(("blocks", Pairs([self.block(name) for name in ("unit", "cell")[: pick((1, 2))]])))
        self.writing_layers = True
        top.append(("layers", self.items(1, 6)))
        if self.maybe(0.1):
            top.append(("outputs", [pick((*NAMES, "conv1", "relu1")) for _ in range(pick((1, 2)))]))
        if self.maybe(self.wrong):
            top.append(
                (pick(("layer", "input", "strict", "batch", "nmae", "3", "yes", "extends")), pick(WRONG))
            )
        if self.maybe(self.wrong):
            self.random.shuffle(top)
        return "".join(f"{key}:{self.below(value, 0)}" for key, value in top)

    def shape(self) -> str:
        if self.maybe(self.wrong):
            return self.random.choice((*BAD_SHAPES, *WRONG))
        return self.random.choice((*SHAPES[:6], *SHAPES))

    def block(self, name: str) -> tuple[str, Written]:
        parameters = self.random.choice(([], ["w"], ["w", "k"]))
        defaults = ("required", "4", "$in.channels", "$m * 2")
        arguments = Pairs([(parameter, self.random.choice(defaults)) for parameter in parameters])
        inside = Pairs([("params", arguments)] if arguments else [])
        inside.append(("layers", self.items(1, 3)))
        self.blocks[name] = parameters
        return name, inside

    def items(self, least: int, most: int) -> Written:
        self.depth += 1
        items: Written = [self.item() for _ in range(self.random.randint(least, most))]
        self.depth -= 1
        return items

    def item(self) -> Written:
        """One entry of a list of layers."""
        pick = self.random.choice
        if self.maybe(self.wrong / 3):
            return pick((*WRONG, Pairs([("conv", "8"), ("relu", "")]), Pairs([("name", "a")]), []))
        kind = self.random.random()
        main: tuple[str, Written]
        if kind < 0.12 and self.depth < 4:
            main = (pick(("sequence", "residual")), self.items(0 if self.maybe(0.1) else 1, 2))
        elif kind < 0.24 and self.depth < 4:
            main = (pick(("add", "mul", "concat")), [self.operand() for _ in range(pick((2, 2, 2, 3, 1)))])
        elif kind < 0.40 and self.blocks:
            name = pick(tuple(self.blocks))
            given = Pairs([(key, self.number()) for key in self.blocks[name] if self.maybe(0.8)])
            main = (name, given if given and self.maybe(0.7) else pick(("", "8", self.number())))
        else:
            common = ("conv", "conv", "maxpool", "relu", "bn", "flatten", "fc")
            name = pick(common) if self.maybe(0.6) else pick(self.names)
            if self.maybe(self.wrong):
                name = pick(("convolution", "Conv", "maxpol", "dense", "unit2", name))
            main = (name, self.layer(name))
        if not main[1] and self.maybe(0.5):
            return main[0]
        return self.controlled(main)

    def controlled(self, main: tuple[str, Written]) -> Written:
        """An item with control keys beside it."""
        pick, pairs = self.random.choice, Pairs([main])
        for key, chance, value in (
            ("name", 0.15, lambda: pick(NAMES)),
            ("from", 0.08, lambda: pick((*NAMES, "prev", "in", "left", "conv1"))),
            ("repeat", 0.12, lambda: pick(("2", "3", "1", "0", "$m", "$in.channels", "30"))),
            ("when", 0.06, lambda: pick(CONDITIONS)),
            ("only", 0.05, lambda: pick(("training", "inference", "inference"))),
            ("expect", 0.06, self.shape),
            ("share", 0.04, lambda: pick((*NAMES, "conv1", "fc1"))),
            ("place", 0.01, lambda: pick(("gpu0", "gpu1", "cuda:0", "$m"))),
            ("allow", 0.05, lambda: Pairs([(pick(("S001", "G001", "S102", "S003")), pick(("as published", "")))])),
            ("shortcut", 0.5 if main[0] == "residual" else 0.01, self.shortcut),
            ("first", 0.02, lambda: self.fields(main[0], 0.5)),
        ):  # fmt: skip
            if self.maybe(chance):
                pairs.append((key, value() if not self.maybe(self.wrong / 2) else pick(WRONG)))
        if any(key == "repeat" for key, _ in pairs) and self.maybe(0.2):
            pairs.append(("first", self.fields(main[0], 0.5)))
        if self.maybe(0.3):
            self.random.shuffle(pairs)
        return pairs

    def shortcut(self) -> Written:
        layers: Written = [Pairs([("conv", "8")])]
        return self.random.choice(("identity", "project", "project", "optional", layers))

    def operand(self) -> Written:
        if self.maybe(0.5):
            return self.items(0, 2)
        return self.random.choice(("prev", "prev", "in", *NAMES, "left", "right", "unit1.conv1"))

    def layer(self, name: str) -> Written:
        """What stands inside a layer."""
        if name not in layers.names():
            return self.random.choice(("", "8"))
        main = main_field(layers.layer_type(name))
        if main is not None and self.maybe(0.3):
            return self.value(layers.layer_type(name), main)
        return self.fields(name, 0.35)

    def fields(self, name: str, chance: float) -> Written:
        if name not in layers.names():
            return Pairs([("w", self.number())])
        type_ = layers.layer_type(name)
        pairs = Pairs()
        for field, (_, default) in stated(type_).items():
            needed = default is REQUIRED and not self.maybe(self.wrong)
            if needed or self.maybe(chance):
                pairs.append((field, self.value(type_, field)))
        for sugar, words in (
            ("act", ("relu", "none", "gelu", "{leaky_relu: 0.1}")),
            ("norm", ("bn", "none", "lrn")),
        ):
            if type_.takes_sugar and self.maybe(0.2):
                pairs.append((sugar, self.random.choice(words)))
        if self.maybe(self.wrong / 2):
            pairs.append(
                (self.random.choice(("filtres", "kernel", "Stride", "kernal", "act", "in")), self.number())
            )
        return pairs

    def value(self, type_: type[Layer], field: str) -> str:
        kind = stated(type_)[field][0].kind
        if self.maybe(self.wrong):
            return self.random.choice(WRONG)
        return str(BY_KIND[kind.name](self, kind, field))

    def number(self) -> str:
        if self.maybe(self.wrong):
            return self.random.choice(WRONG)
        if self.maybe(0.25):
            return self.random.choice(EXPRESSIONS)
        return self.random.choice(("1", "2", "3", "4", "5", "8", "16"))

    def below(self, value: Written, margin: int) -> str:
        """A value after its key, in block style or in flow style, with the line's end."""
        if isinstance(value, str) or not value or self.maybe(0.25):
            flow = self.flow(value)
            return f" {flow}\n" if flow else "\n"
        space = " " * (margin + 2)
        lines = "\n"
        if isinstance(value, Pairs):
            for key, inner in value:
                lines += f"{space}{key}:{self.below(inner, margin + 2)}"
            return lines
        for item in value:
            if isinstance(item, Pairs) and item and self.maybe(0.8):
                entries = [f"{key}:{self.below(inner, margin + 4)}" for key, inner in item]
                lines += f"{space}- " + f"{space}  ".join(entries)
            else:
                lines += f"{space}- {self.flow(item)}\n"
        return lines

    def flow(self, value: Written) -> str:
        if isinstance(value, Pairs):
            return "{" + ", ".join(f"{key}: {self.flow(inner)}".rstrip() for key, inner in value) + "}"
        if isinstance(value, str):
            return f'"{value}"' if "," in value and value[0] not in "[{\"'" else value
        return "[" + ", ".join(map(self.flow, value)) + "]"


class Sound(Writer):
    """Writes specs that are right more often than not: volumes keep their size, names are there, values fit."""

    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self.wrong = random.choice((0.0, 0.0, 0.0, 0.01, 0.03))
        # Names given in the scope that is being written.
        self.given: list[str] = []
        self.counter = 0

    def shape(self) -> str:
        if self.maybe(self.wrong):
            return self.random.choice(BAD_SHAPES)
        return self.random.choice(
            ("32x32x8", "16x16x4", "24x24x6", "{channels: 8, height: 16, width: 24}", "32x8")
        )

    def number(self) -> str:
        if self.maybe(self.wrong):
            return self.random.choice(WRONG)
        if self.maybe(0.3):
            words = ("$w", "$w * 2", "$m + 1", "$in.channels", "round_to(8 * $w, 8)", "max($m, 2)", "$w // 2")
            return self.random.choice(words)
        return self.random.choice(("2", "4", "6", "8", "12"))

    def block(self, name: str) -> tuple[str, Written]:
        outer, self.given = self.given, []
        block = super().block(name)
        self.given = outer
        return block

    def items(self, least: int, most: int) -> Written:
        """Branches and bodies leave the grid of positions as it is: nothing in them flattens."""
        self.depth += 1
        items = [item for _ in range(self.random.randint(least, most)) for item in self.several()]
        if self.depth == 1 and self.writing_layers and self.maybe(0.5):
            items += [self.random.choice(("flatten", "global_avgpool")), *self.tail()]
        self.depth -= 1
        return list(items)

    def tail(self) -> list[Written]:
        """What follows where positions are gone."""
        pick = self.random.choice
        choices: list[Written] = [
            Pairs([("fc", self.number())]), Pairs([("fc", Pairs([("units", self.number()), ("act", "relu")]))]),
            "relu", Pairs([("dropout", "0.5")]), "bn", Pairs([("fc", "10"), ("repeat", "2"), ("name", self.name())]),
        ]  # fmt: skip
        return [pick(choices) for _ in range(pick((1, 2, 3)))]

    def name(self) -> str:
        self.counter += 1
        return self.random.choice(("a{}", "x-{}", "b.{}", '"{}"', "conv{}", '"0{}"')).format(self.counter)

    def several(self) -> list[Written]:
        """One item, or a few that belong together."""
        pick = self.random.choice
        if self.maybe(self.wrong):
            return [Writer.item(self)]
        if self.maybe(0.05) and self.depth == 1:
            name, conv = self.name(), Pairs([("filters", "8"), ("kernel", "3"), ("padding", "1")])
            return [
                Pairs([("conv", conv)]), Pairs([("conv", conv), ("name", name)]),
                Pairs([("conv", conv), ("share", name), *([("repeat", "2")] if self.maybe(0.3) else [])]),
            ]  # fmt: skip
        main = self.main()
        pairs = Pairs([main])
        repeat = self.maybe(0.15)
        if repeat:
            pairs.append(("repeat", pick(("2", "3", "1", "$m", "$m - 1", "0"))))
        if main[0] in self.blocks and repeat and self.blocks[main[0]] and self.maybe(0.4):
            pairs.append(("first", Pairs([("w", "8")])))
        if self.maybe(0.15):
            name = self.name()
            pairs.append(("name", name))
            self.given.append(name)
        if self.maybe(0.08):
            pairs.append(("when", pick(("$m > 1", "$deep", "not $deep", "$in.channels > 3", "$w == 8"))))
        if self.maybe(0.05):
            pairs.append(("only", pick(("training", "inference"))))
        if self.maybe(0.06) and self.given:
            pairs.append(("from", pick((*self.given, "prev"))))
        if self.maybe(0.05):
            pairs.append(("allow", Pairs([(pick(("S001", "S003", "G001", "G002")), "as published, # here")])))
        if main[0] == "residual":
            pairs.append(("shortcut", pick(("project", "project", "optional", "identity"))))
        if len(pairs) == 1 and not main[1]:
            return [main[0]]
        if self.maybe(0.2):
            self.random.shuffle(pairs)
        return [pairs]

    def main(self) -> tuple[str, Written]:
        """The layer, block or structure of an item, with what is in it."""
        pick, kind = self.random.choice, self.random.random()
        if kind < 0.1 and self.depth < 4:
            return pick(("sequence", "residual")), self.items(1, 2)
        if kind < 0.25 and self.depth < 4:
            same: list[Written] = [
                Pairs([("conv", Pairs([("filters", "$in.channels"), ("kernel", "3"), ("padding", "1")]))]),
                "relu",
            ]
            side: list[Written] = [[], "prev", [same[0]], [same[1]], [same[0], same[1]]]
            squeeze: list[Written] = ["global_avgpool", Pairs([("conv", "$in.channels")]), "sigmoid"]
            word = pick(("add", "mul", "concat", "concat"))
            sides: list[Written] = [pick(side) for _ in range(pick((2, 2, 3)))]
            if word == "mul" and self.maybe(0.5):
                sides = [[], squeeze]
            elif word in ("add", "mul") and self.maybe(0.3):
                weight: list[Written] = [Pairs([("learned", "1")])]
                sides = [pick(side), [*weight, "relu"] if self.maybe(0.5) else weight]
            return word, sides
        if kind < 0.4 and self.blocks:
            name = pick(tuple(self.blocks))
            return name, Pairs([(key, self.number()) for key in self.blocks[name]])
        if kind < 0.75:
            return self.windowed()
        families = ("activation", "normalisation", "regularisation")
        names = [name for name in self.names if layers.layer_type(name).family in families]
        name = pick(names)
        return name, self.fields(name, 0.15)

    def windowed(self) -> tuple[str, Written]:
        """A layer with a window, after which the volume is as large as before it, mostly."""
        pick = self.random.choice
        name = pick(
            ("conv", "conv", "conv", "depthwise_conv", "maxpool", "avgpool", "conv_transpose", "lppool")
        )
        pairs = Pairs([("kernel", pick(("1", "3", "3", "5")))])
        if name in ("conv", "conv_transpose"):
            pairs.append(("filters", self.number()))
        if name in ("conv", "depthwise_conv", "conv_transpose"):
            pairs.append(("padding", pick(("half", "same") if name != "conv_transpose" else ("half",))))
            if self.maybe(0.2):
                pairs.append(("dilation", "2"))
            if self.maybe(0.2):
                pairs.append(("bias", pick(("true", "false"))))
            for sugar, words in (
                ("act", ("relu", "none", "gelu", "{leaky_relu: 0.1}")),
                ("norm", ("bn", "none")),
            ):
                if self.maybe(0.25):
                    pairs.append((sugar, pick(words)))
        else:
            pairs += [("stride", "1"), ("padding", "half")]
        if self.maybe(0.12):
            down: Written = Pairs([("kernel", "2"), ("stride", "2")])
            return pick((("maxpool", down), ("avgpool", "2"), ("upsample", "2"), ("zero_pad", "1")))
        return name, pairs


def _size(writer: Writer, kind: Kind, field: str) -> str:
    if writer.maybe(0.2):
        return writer.random.choice(EXPRESSIONS)
    if field in ("filters", "units", "output_size"):
        return writer.random.choice(("1", "2", "3", "4", "6", "8", "12"))
    if field == "groups":
        return writer.random.choice(("1", "1", "2", "3", "4"))
    return writer.random.choice(("1", "1", "2", "3", "4", "5"))


def _axes(writer: Writer, kind: Kind, field: str) -> str:
    if writer.maybe(0.15):
        return f"[{_size(writer, kind, '')}, {_size(writer, kind, '')}]"
    return _size(writer, kind, field)


def _padding(writer: Writer, kind: Kind, field: str) -> str:
    words = ("0", "1", "1", "2", "{top: 1, left: 2}", "[1, 0]", *kind.choices)
    return writer.random.choice(words)


def _number(writer: Writer, kind: Kind, field: str) -> str:
    return writer.random.choice(("0.5", "1", "0", "1e-3", "0.1", "2", "$m / 2", "3"))


BY_KIND: dict[str, Callable[[Writer, Kind, str], str]] = {
    "integer": _size,
    "per axis": _axes,
    "factor per axis": lambda writer, kind, field: writer.random.choice(
        ("2", "1.5", "0.5", "[2, 1]", "$m", "0")
    ),
    "padding": _padding,
    "number": _number,
    "flag": lambda writer, kind, field: writer.random.choice(("true", "false", "$deep")),
    "choice": lambda writer, kind, field: writer.random.choice(kind.choices),
    "axes": lambda writer, kind, field: writer.random.choice(
        (*kind.choices, "[channels, height]", "[width]")
    ),
    "shape": lambda writer, kind, field: writer.random.choice(("1", "1x1x8", "8", "1x8", "32x32x8", "$w")),
    "name": lambda writer, kind, field: writer.random.choice(("maxpool1", "p", "prev", "in", "$m", "conv1")),
    "standardization": lambda writer, kind, field: writer.random.choice(
        ("true", "false", "{gain: true}", "{gamma: 1.5, eps: 0.01}", "{gain: maybe}", "$w")
    ),
    "order": lambda writer, kind, field: f"[{', '.join(writer.random.sample(kind.choices, 3))}]",
}

TOKENS = (
    ":", ": ", "-", "- ", "[", "]", "{", "}", ",", "#", " #", "\n", "\n  ", "\t", "\r\n", "\r", " ", "  ", "'",
    '"', "|", ">", "&a ", "*a", "!!str ", "%YAML 1.1\n", "---\n", "...\n", "? ", "<<: ", "$", "$i", "(", ")", "\\",
    "\x00", "\x1b", "\ufeff", "\u2028", "\u0085", "é", "🚀", "~", "null", "yes", "010", "-1", "0", "9" * 20, "same",
    "half", "prev", "repeat: 3", "from: input", "name: a", "relu", "conv: 8", "flatten", "expect: 3x3x3", "@",
    "`", "$in.channels",
)  # fmt: skip


def mutated(random: Random, text: str) -> str:
    """A text changed in a few places: characters, tokens, numbers, words, lines."""
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        text = random.choice(MUTATIONS)(random, text)
    return text


def _cut(random: Random, text: str) -> str:
    index = random.randint(0, len(text))
    return text[:index] + text[index + random.choice((1, 1, 2, 5, 40)) :]


def _insert(random: Random, text: str) -> str:
    index = random.randint(0, len(text))
    return text[:index] + random.choice(TOKENS) + text[index:]


def _replaced(pattern: str, choose: Callable[[Random, Sequence[str]], str]) -> Callable[[Random, str], str]:
    def mutate(random: Random, text: str) -> str:
        places = list(re.finditer(pattern, text))
        if not places:
            return text
        place = random.choice(places)
        return text[: place.start()] + choose(random, [place[0] for place in places]) + text[place.end() :]

    return mutate


def _lines(random: Random, text: str) -> str:
    lines = text.splitlines(keepends=True) or [""]
    index, other = (random.randrange(len(lines)) for _ in range(2))
    match random.randrange(5):
        case 0:
            del lines[index]
        case 1:
            lines.insert(other, lines[index])
        case 2:
            lines[index], lines[other] = lines[other], lines[index]
        case 3:
            lines[index] = random.choice((" ", "  ", "\t")) + lines[index]
        case _:
            lines[index] = lines[index].removeprefix("  ")
    return "".join(lines)


def _cut_off(random: Random, text: str) -> str:
    return text[: random.randint(0, len(text))]


MUTATIONS: tuple[Callable[[Random, str], str], ...] = (
    _cut,
    _insert,
    _insert,
    _replaced(r"\d+", lambda random, _: random.choice((*WRONG, "1", "2", "3", "7", "5"))),
    _replaced(r"\d+", lambda random, _: random.choice(("1", "2", "3", "4", "7", "9", "64"))),
    _replaced(r"\$?\w+", lambda random, words: random.choice(words)),
    _replaced(r"\$?\w+", lambda random, _: random.choice((*WRONG, *EXPRESSIONS))),
    _lines,
    _lines,
    _cut_off,
)


def noise(random: Random, data: bytes) -> bytes:
    """Bytes changed in a few places."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 2, 4))):
        index = random.randrange(len(changed) + 1)
        changed[index : index + random.choice((0, 1))] = bytes([random.randrange(256)])
    return bytes(changed)


def spec(random: Random) -> str:
    """One spec, written by the layers' statements; now and then mutated as well."""
    text = random.choice((Writer, Sound))(random).spec()
    return mutated(random, text) if random.random() < 0.15 else text


def zoo(random: Random) -> bytes:
    """One of the shipped specs, mutated. The long ones are rare, because they take long."""
    names = [name for name in ZOO if len(ZOO[name]) < 1500 or random.random() < 0.2]
    data = ZOO[random.choice(names)]
    if random.random() < 0.2:
        return noise(random, data)
    return mutated(random, data.decode()).encode("utf-8", "surrogatepass")
