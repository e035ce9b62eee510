"""What the tests of the PyTorch room share: networks at random, as texts of the spec language."""

import json
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, TypeAlias

import pytest
from hypothesis import strategies as st

from cnncalc import layers

Items: TypeAlias = list[Any]
ACTS = sorted(
    name
    for name in layers.names()
    if layers.layer_type(name).family == "activation" and layers.layer_type(name).arity == 1
)
# These change channels, or look at all of them.
POINTWISE = [
    name for name in ACTS if name in ("relu", "relu6", "sigmoid", "tanh", "silu", "gelu", "leaky_relu")
]


@pytest.fixture(scope="module", autouse=True)
def always_one_thread(one_thread: None) -> None:
    """Every test of this folder has it."""


@pytest.fixture
def same_values(torch: ModuleType) -> Iterator[None]:
    """The same random values in every run."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


@st.composite
def conv(draw: st.DrawFn, filters: Any = None, *, strided: bool = True) -> Items:
    values: dict[str, Any] = {"filters": filters or draw(st.sampled_from((2, 4, 6)))}
    values["kernel"] = draw(st.sampled_from((1, 2, 3, 3, 5)))
    values["padding"] = "same" if values["kernel"] == 2 else draw(st.sampled_from(("half", "same")))
    if strided and draw(st.integers(0, 3)) == 0:
        values["stride"], values["padding"] = 2, "same"
    elif draw(st.integers(0, 3)) == 0:
        values["dilation"] = 2
    values["norm"] = draw(st.sampled_from(("none", "none", "bn")))
    values["act"] = draw(st.sampled_from(("none", "relu", *POINTWISE)))
    if values["norm"] == "none" and draw(st.booleans()):
        values["bias"] = draw(st.booleans())
    return [{"conv": values}]


@st.composite
def pool(draw: st.DrawFn, *, strided: bool = True) -> Items:
    kind = draw(st.sampled_from(("maxpool", "avgpool")))
    if not strided:
        return [{kind: {"kernel": 3, "stride": 1, "padding": 1}}]
    kernel = draw(st.sampled_from((2, 3)))
    how = draw(st.sampled_from(({"padding": "same"}, {"rounding": "ceil"})))
    return [{kind: {"kernel": kernel, "stride": 2, **how}}]


@st.composite
def plain(draw: st.DrawFn) -> Items:
    kinds = ("bn", {"dropout": draw(st.sampled_from((0, 0.3, 1)))}, {"lrn": 3}, "identity", *POINTWISE)
    return [draw(st.sampled_from(kinds))]


@st.composite
def keeping(draw: st.DrawFn) -> Items:
    """Layers that leave the grid as it is."""
    parts = st.one_of(conv(strided=False), pool(strided=False), plain())
    return [item for part in draw(st.lists(parts, min_size=1, max_size=3)) for item in part]


@st.composite
def branched(draw: st.DrawFn, counter: list[int]) -> Items:
    match draw(st.sampled_from(("concat", "add", "mul", "residual", "residual", "scale", "share"))):
        case "concat":
            return [{"concat": draw(st.lists(st.one_of(keeping(), st.just([])), min_size=2, max_size=4))}]
        case "add" | "mul" as kind:
            ends = st.tuples(keeping(), conv(4, strided=False)).map(lambda drawn: [*drawn[0], *drawn[1]])
            return [{kind: draw(st.lists(ends, min_size=2, max_size=4))}]
        case "residual":
            body = [*draw(keeping()), *draw(conv(strided=True)), *draw(keeping())]
            return [{"residual": body, "shortcut": draw(st.sampled_from(("project", "optional")))}]
        case "scale":
            squeezed = ["global_avgpool", {"conv": {"filters": "$in.channels", "act": "sigmoid"}}]
            return [{"mul": draw(st.permutations([[], squeezed]))}]
        case _:
            counter[0] += 1
            name = f"shared{counter[0]}"
            same: dict[str, Any] = {"filters": "$in.channels", "kernel": 3, "padding": "same"}
            other = {
                **same,
                "stride": draw(st.sampled_from((1, 2))),
                "dilation": draw(st.sampled_from((1, 2))),
            }
            return [{"conv": same, "name": name}, *draw(plain()), {"conv": other, "share": name}]


@st.composite
def networks(draw: st.DrawFn) -> str:
    """A network of 1 to 3 axes, with branches, residuals, shared weights, several inputs or outputs."""
    rank = draw(st.sampled_from((1, 2, 2, 2, 3)))
    side = st.integers(5, {1: 24, 2: 14, 3: 7}[rank])
    image = "x".join([*(str(draw(side)) for _ in range(rank)), str(draw(st.sampled_from((1, 2, 3))))])
    counter = [0]
    parts = st.one_of(conv(), pool(), plain(), branched(counter), branched(counter))
    body = [item for part in draw(st.lists(parts, min_size=2, max_size=6)) for item in part]
    if draw(st.integers(0, 4)) == 0:
        body += [{"upsample": 2}]
    spec: dict[str, Any] = {"cnncalc": 1, "input": image}
    if draw(st.integers(0, 4)) == 0:
        del spec["input"]
        spec["inputs"] = {"left": image, "right": image}
        body = [{"add": ["left", "right"]}, *body]
    if draw(st.booleans()):
        body += [draw(st.sampled_from(("global_avgpool", "flatten"))), {"fc": {"units": 3}}]
    if draw(st.integers(0, 3)) == 0:
        body[len(body) // 2 : len(body) // 2] = [{"conv": {"filters": 3}, "name": "middle"}]
        body += [{"identity": None, "name": "end"}]
        spec["outputs"] = ["end", "middle"]
    return json.dumps({**spec, "layers": body}, indent=1) + "\n"


@pytest.fixture(scope="session")
def random_network() -> Callable[[], st.SearchStrategy[str]]:
    return networks
