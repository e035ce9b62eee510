"""Hostile texts: what each one is, and the codes that it must get."""

from cnncalc.layers import REQUIRED, Kind, layer_type, names, stated

HEAD = "cnncalc: 1\ninput: 32x32x3\n"
HUGE = 10**17


def layers(*items: str, head: str = HEAD) -> str:
    """A spec of items, each written on a line."""
    return f"{head}layers:\n" + "".join(f"  - {item}\n" for item in items)


def blocks(*bodies: str, use: str = "b0") -> str:
    """A spec of blocks b0, b1, ... with these layers, in flow style."""
    keys = "".join(f"  b{index}:\n    layers: [{body}]\n" for index, body in enumerate(bodies))
    return f"{HEAD}blocks:\n{keys}layers: [{use}]\n"


def nested(inner: str, count: str, of: str = "relu") -> str:
    """Three repetitions in each other."""
    return layers(
        f"sequence:\n      - sequence:\n          - {of}:\n            repeat: {count}\n"
        f"        repeat: {count}\n    repeat: {count}",
        head=inner,
    )


BOMB = "a: &a [x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BY_BLOCKS = (
    HEAD + "blocks:\n  a: {params: {m: required}, layers: [{relu: , repeat: $m}]}\n"
    "  b: {params: {m: required}, layers: [{a: $m, repeat: $m}]}\n"
    "  c: {params: {m: required}, layers: [{b: $m, repeat: $m}]}\nlayers: [c: 1000]\n"
)

# Texts by what they are, each with the codes of the errors and warnings that report it.
TEXTS: dict[str, tuple[str | bytes, set[str]]] = {
    "nothing": ("", {"Y017"}),
    "comments only": ("# to be written\n", {"Y017"}),
    "not UTF-8": (b"cnncalc: 1\nname: \xff\n", {"Y002"}),
    "UTF-16": (layers("relu").encode("utf-16"), {"Y002"}),
    "an overlong UTF-8 sequence": (b"cnncalc: \xc0\xb1\n", {"Y002"}),
    "NUL": (layers("relu") + "\0", {"Y003"}),
    "a million NULs": ("\0" * 1_000_000, {"Y003"}),
    "a lone surrogate": (b"name: \xed\xa0\x80\n", {"Y002"}),
    "a lone surrogate as an escape": ('name: "\\ud800"\n' + layers("relu"), {"Y005"}),
    "100,000 open brackets": ("[" * 100_000, {"Y006"}),
    "100,000 open braces": ("{a: " * 100_000, {"Y006"}),
    "100,000 open brackets in layers": (HEAD + "layers: " + "[" * 100_000, {"Y006"}),
    "100,000 dashes": ("- " * 100_000, {"Y006"}),
    "100,000 question marks": ("? " * 100_000, {"Y006"}),
    "an alias bomb": (BOMB + layers("relu"), {"Y008"}),
    "an anchor that holds itself": ("a: &a [*a]\n" + layers("relu"), {"Y008"}),
    "a merge key": (layers("conv: {<<: {filters: 8}}"), {"Y014"}),
    "an object's tag": (layers("conv: !!python/object:os.system 3"), {"Y009"}),
    "an integer of 5,000 digits": (layers(f"conv: {'9' * 5000}"), {"Y016"}),
    "an integer of a million digits": (layers(f"conv: {'9' * 1_000_000}"), {"Y016"}),
    "a decimal of a million digits": (layers(f"dropout: 1.{'9' * 1_000_000}"), {"L003"}),
    "a million digits in groups": (layers(f"conv: {'9_' * 500_000}9"), {"Y016"}),
    "a million hexadecimal digits": (layers(f"conv: 0x{'f' * 1_000_000}"), {"Y016"}),
    "10 MB of spaces": (" " * 10_000_000, {"Y004"}),
    "1 MB of spaces": (" " * 1_000_000, {"Y017"}),
    "1 MB of tabs": ("\t" * 1_000_000 + "x", {"Y020"}),
    "1 MB of directives": ("%\n" * 500_000, {"Y010", "Y017"}),
    "1 MB of carriage returns": ("\r" * 1_000_000, {"Y018", "Y017"}),
    "2 MB on one line": ("x" * 2_000_000, {"Y004"}),
    "300,000 words": (layers("concat: [" + "a, " * 300_000 + "a]"), {"Y007"}),
    "CRLF": (layers("relu").replace("\n", "\r\n"), {"Y018"}),
    "tabs": (HEAD + "layers:\n\t- relu\n", {"Y020"}),
    "a byte order mark": ("\ufeff" + layers("relu"), {"Y019"}),
    "a block that uses itself": (blocks("relu, b0"), {"L013"}),
    "blocks that use each other": (blocks("b1", "b2", "b0"), {"L013"}),
    "a cycle of 10,000 blocks": (blocks(*(f"b{index + 1}" for index in range(9_999)), "b0"), {"L013"}),
    "3,000 cycles": (
        blocks(*(f"b{index + 1}" for index in range(2_999)), ", ".join(f"b{index}" for index in range(2_999))),
        {"L013"},
    ),
    "a repeat of 10^12": (layers("{relu: , repeat: 1000000000000}"), {"L018"}),
    "10^3 x 10^3 x 10^3": (nested(HEAD, "1000"), {"L018"}),
    "10^3 x 10^3 x 10^3 by params": (nested(HEAD + "params: {m: 1000}\n", "$m"), {"L018"}),
    "10^3 x 10^3 x 10^3 by blocks": (BY_BLOCKS, {"L018"}),
    "10^18 nothings": (layers("{sequence: [{relu: , when: false}], repeat: 999999999999999999}"), {"L018"}),
    "30 blocks, each twice the next": (blocks(*(f"b{n + 1}, b{n + 1}" for n in range(30)), "relu"), {"L018"}),
    "30 blocks, each twice the next, that come to nothing": (
        blocks(*(f"b{index + 1}, b{index + 1}" for index in range(30)), "{relu: , when: $in.channels > 5}"),
        {"L018"},
    ),
    "1,000 blocks, each the next": (blocks(*(f"b{index + 1}" for index in range(1_000)), "relu"), {"L024"}),
    "residuals in blocks in residuals": (
        blocks(*(f"residual: [b{index + 1}]" for index in range(40)), "relu"),
        {"L024"},
    ),
    "40 residuals in each other": (layers("{residual: [" * 40 + "relu" + "]}" * 40), {"Y006"}),
    "division by zero": (layers("conv: 3 / min(0)", "conv: 3 // min(0)", "conv: 3 % min(0)"), {"L010"}),
    "powers by multiplication": (
        layers("conv: " + " * ".join(["$a"] * 30), head=HEAD + "params: {a: 99999999999}\n"),
        {"L010"},
    ),
    "1,000 parentheses": (layers(f"conv: {'(' * 480}min(3){')' * 480}"), {"L008"}),
    "1,000 minus signs": (layers(f"conv: {'-' * 900}min(3)"), {"L008"}),
    "an expression of 100,000 characters": (layers(f"conv: min({'1 + ' * 25_000}1)"), {"L008"}),
    "sizes of zero and less": (
        layers("conv: -3", "conv: 0", "conv: {filters: 3, kernel: -1}", "maxpool: {kernel: 2, stride: 0}"),
        {"L003"},
    ),
    "an input of zero": (layers("relu", head="cnncalc: 1\ninput: 0x8x3\n"), {"L007"}),
    "an input of less": (layers("relu", head="cnncalc: 1\ninput: -3x8x3\n"), {"L007"}),
    "a name defined twice": (layers("{relu: , name: a}", "{relu: , name: a}"), {"L012"}),
    "a name of a million characters": (layers(f"{{relu: , name: {'n' * 1_000_000}}}"), {"L017"}),
    "a layer of a million characters": (layers("n" * 1_000_000), {"L002"}),
    "a key of a million characters": ("? " + "n" * 1_000_000 + "\n: 3\n" + layers("relu"), {"L001"}),
    "a field of a million characters": (layers(f"conv: {{filters: 8, ? {'n' * 1_000_000} : 3}}"), {"L001"}),
    "a value of 100,000 characters": (layers(f"conv: {'n' * 100_000}"), {"L003"}),
    "a kernel of 100,000 axes": (layers(f"conv: {{filters: 8, kernel: {'3x' * 50_000}3}}"), {"L003"}),
    "an input of 50,000 axes": (layers("relu", head=f"cnncalc: 1\ninput: {'3x' * 50_000}3\n"), {"L007"}),
    "markup in names": (layers("{relu: , name: '[/red]'}", "'[/red]'", "conv: '[/red]'"), {"L017", "L002", "L003"}),
    "ANSI escapes in names": (
        'name: "\\x1b[31mred"\n' + layers('{relu: , name: "\\x1b[2J"}', '"\\x9b2J": 3'),
        {"Y003", "L017", "L002"},
    ),
    "bare ANSI escapes": ("name: \x1b[31mred\n" + layers("relu"), {"Y003"}),
    "volumes that grow by 10^17 each time": (layers(f"{{upsample: {HUGE}, repeat: 100000}}"), {"S104"}),
    "channels that double each time": (layers("{concat: [prev, prev], repeat: 100000}"), {"S104"}),
    "2,000 unknown keys": ("".join(f"layer{index}: 1\n" for index in range(2_000)) + layers("relu"), {"L001"}),
    "2,000 unknown fields": (
        layers("conv: {filters: 3, " + ", ".join(f"kernal{index}: 3" for index in range(2_000)) + "}"),
        {"L001"},
    ),
    "2,000 unknown layers": (layers(*(f"convolution{index}" for index in range(2_000))), {"L002"}),
    "2,000 unknown names": (layers(*(f"{{relu: , name: a{n}, from: b{n}}}" for n in range(2_000))), {"L011"}),
    "2,000 unknown parameters": (
        layers(
            *(f"conv: $q{index}" for index in range(2_000)),
            head=HEAD + "params: {" + ", ".join(f"p{index}: 1" for index in range(2_000)) + "}\n",
        ),
        {"L009"},
    ),
    "2,000 wrong values": (layers(*(f"conv: {{filters: x{index}, kernel: 3}}" for index in range(2_000))), {"L003"}),
    "2,000 faults on one line": (HEAD + f"layers: [{', '.join(f'relv{index}' for index in range(2_000))}]\n", {"L002"}),
    "2,000 fcs over volumes": (layers(*["{fc: 3, from: input}"] * 2_000), {"S009"}),
    "2,000 different strides": (
        layers(
            *(
                f"{{conv: {{filters: 8, kernel: {index % 50 + 11}, stride: {index // 50 + 2}}}, from: input}}"
                for index in range(2_000)
            ),
            head="cnncalc: 1\ninput: 300x301x3\n",
        ),
        {"S001"},
    ),
    "2,000 unused blocks": (blocks(*["relu"] * 2_000), {"L015"}),
    "a spec that extends itself": ("cnncalc: 1\nextends: net.yaml\n", {"L019"}),
    "a spec that extends what is above": ("cnncalc: 1\nextends: ../net.yaml\n", {"L019"}),
    "a spec that extends an absolute path": ("cnncalc: 1\nextends: /etc/passwd\n", {"L019"}),
    "a spec that extends a path of a million characters": (f"cnncalc: 1\nextends: {'a' * 1_000_000}\n", {"L019"}),
    "a spec that extends a folder": ("cnncalc: 1\nextends: .\n", {"L019"}),
    "a spec that extends NUL": ('cnncalc: 1\nextends: "a\\0"\n', {"L019", "Y003"}),
}  # fmt: skip

# Numbers of 10^17, and less, wherever a layer takes one: items that are read, and held to no more than being quick.
SIZES = (HUGE, 10**9, 123_457)
SIZED = ("integer", "per axis", "padding")


def _word(kind: Kind) -> str:
    words = {"order": "[width, channels, height]", "name": "maxpool1", "shape": "1x1x8"}
    return words.get(kind.name) or kind.choices[0]


def _item(layer: str, **fields: int) -> str:
    """An item with these fields, and small values for what else it needs."""
    needed = {
        name: "2" if declared.kind.name in (*SIZED, "number", "factor per axis") else _word(declared.kind)
        for name, (declared, default) in stated(layer_type(layer)).items()
        if default is REQUIRED
    }
    given = needed | {name: str(value) for name, value in fields.items()}
    return f"{layer}: {{{', '.join(f'{name}: {value}' for name, value in given.items())}}}"


def of_size(size: int) -> dict[str, str]:
    """Specs with numbers of about this size."""
    head = f"cnncalc: 1\ninput: {size + 1}x{size + 7}x{size + 3}\n"
    texts = {}
    for layer in names():
        fields = [
            name for name, (declared, _) in stated(layer_type(layer)).items() if declared.kind.name in SIZED
        ]
        if layer_type(layer).arity is None and layer_type(layer).fewest > 1:
            continue
        texts[layer] = layers(_item(layer), head=head)
        for field in fields:
            texts[f"{layer}.{field}"] = layers(_item(layer, **{field: size}))
            texts[f"{layer}.{field}, as large as the input"] = layers(
                _item(layer, **{field: size}), head=head
            )
            for other in set(fields) - {field}:
                for value in (7, size // 3, size - 5):
                    pair = {field: size - 2, other: value}
                    texts[f"{layer}.{field}, {other} {value}"] = layers(_item(layer, **pair), head=head)
    for layer in ("conv", "conv_transpose"):
        texts[f"{layer}.groups of huge channels"] = layers(
            _item(layer, groups=7, filters=size + 1), head=head
        )
    texts["upsample"] = layers(f"upsample: {size}", f"upsample: {{scale: {size}, mode: bilinear}}")
    texts["strides without end"] = layers(
        f"{{conv: {{filters: 1, kernel: 1, stride: {size}, padding: {size // 2}}}, repeat: 3000}}"
    )
    return texts
