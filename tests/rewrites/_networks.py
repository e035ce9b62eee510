"""Random networks for rewrites, as specs: a seed gives the same one each time."""

from random import Random
from typing import Any

SIZES = {1: (6, 24), 2: (5, 14), 3: (4, 7)}
NORMS: tuple[Any, ...] = (
    "bn", "bn", {"bn": {"affine": False}}, {"bn": {"track": False}}, {"gn": 2}, "instance_norm", "ln2d",
)  # fmt: skip


def spec(seed: int) -> dict[str, Any]:
    """Convolutions of all kinds over one to three axes, in branches, with norms, shared weights and heads."""
    random = Random(seed)
    rank = random.choice((1, 2, 2, 2, 3))
    size = "x".join(str(random.randint(*SIZES[rank])) for _ in range(rank))
    top: dict[str, Any] = {"cnncalc": 1, "input": f"{size}x4"}
    layers = _body(random, rank)
    if random.random() < 0.15:
        top = {"cnncalc": 1, "inputs": {"a": f"{size}x4", "b": f"{size}x4"}}
        layers.insert(0, {random.choice(("add", "concat")): ["a", "b"]})
    convs = [item for item in layers if isinstance(item, dict) and "conv" in item]
    if len(convs) > 1 and random.random() < 0.3:
        convs[0]["name"] = "first"
        convs[1] |= {"conv": dict(convs[0]["conv"]), "share": "first"}
    if random.random() < 0.8:
        layers += _head(random)
    if random.random() < 0.15:
        layers[-1] = {layers[-1]: None} if isinstance(layers[-1], str) else layers[-1]
        inner = random.choice([item for item in layers if isinstance(item, dict)])
        inner.setdefault("name", "inner")
        layers[-1].setdefault("name", "last")
        top["outputs"] = list(dict.fromkeys((inner["name"], layers[-1]["name"])))
    return {**top, "layers": layers}


def _body(random: Random, rank: int, depth: int = 0) -> list[Any]:
    layers: list[Any] = []
    for _ in range(random.randint(1, 2 if depth else 4)):
        kind = random.random()
        if kind < 0.55:
            layers.append(_conv(random, rank))
        elif kind < 0.7:
            layers.append(
                random.choice(
                    (
                        {"depthwise_conv": {"kernel": 3, "padding": "half", "multiplier": 2}},
                        {"conv_transpose": {"filters": 4, "kernel": 2, "groups": random.choice((1, 2))}},
                        {"separable_conv": {"filters": 8, "kernel": 3, "padding": "half"}},
                        {"locally_connected": {"filters": 4, "kernel": random.choice((1, 3))}},
                        {"linear": {"units": 8}},
                        {"maxpool": 2},
                    )
                )
            )
        elif kind < 0.85 and depth < 2:
            other = random.choice(([], _body(random, rank, depth + 1)))
            merge = random.choice(("add", "concat", "mul"))
            layers.append({merge: [_body(random, rank, depth + 1), other]})
        else:
            layers.append(random.choice(("relu", "gelu", "sigmoid", "prelu", {"dropout": 0.5}, "identity")))
        layers += [random.choice(NORMS)] * (random.random() < 0.4) + ["relu"] * (random.random() < 0.3)
    return layers


def _conv(random: Random, rank: int) -> dict[str, Any]:
    kernel: Any = random.choice((1, 2, 3, 3, 5, 7))
    if rank > 1 and random.random() < 0.2:
        kernel = [random.choice((1, 3, 5, 7)) for _ in range(rank)]
    padding: Any = random.choice(("same", "same", "valid", 0, 1, 2, 3))
    if rank == 2 and random.random() < 0.2:
        padding = {"top": random.randint(0, 2), "left": random.randint(0, 3), "bottom": random.randint(0, 1)}
    fields = {
        "filters": random.choice((4, 8, 12)),
        "kernel": kernel,
        "padding": padding,
        "dilation": random.choice((1, 1, 2)),
        "stride": random.choice((1, 1, 2)),
        "groups": random.choice((1, 1, 2, 4)),
    }
    bias = random.choice((None, True, False))
    return {"conv": fields if bias is None else {**fields, "bias": bias}}


def _head(random: Random) -> list[Any]:
    layers: list[Any] = list(
        random.choice(
            (
                ("flatten",), ("flatten", {"dropout": 0.5}), ("relu", "flatten", "relu"), ("global_avgpool",),
                ("global_maxpool",), ({"adaptive_avgpool": 2}, "flatten"), ("global_avgpool", "flatten"),
            )
        )
    )  # fmt: skip
    for _ in range(random.randint(0, 3)):
        units = random.choice((3, 6))
        fc = {"fc": {"units": units, "bias": random.choice((True, False))}}
        kind = random.random()
        if kind < 0.15:
            layers.append({"add": [[fc], [{"fc": units}, "relu"]]})
        elif kind < 0.22:
            layers.append({"concat": [[fc], [{"fc": 4}]]})
        else:
            layers.append(fc)
        layers += random.choice(([], ["relu"], ["bn", "relu"], ["softmax"], [{"dropout": 0.5}], ["ln"],
                                 [{"maxout": 3}], ["log_softmax"], ["l2_norm"]))  # fmt: skip
    return layers
