"""Random layers with random inputs, drawn from what the fields state of themselves."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from cnncalc.layers import Layer, layer_type, problems
from cnncalc.shape import AXES, Shape
from cnncalc.vocabulary.field import REQUIRED, Kind, stated
from cnncalc.vocabulary.layer import Inputs
from cnncalc.vocabulary.pool import Pool
from cnncalc.vocabulary.unpooling import Pooled
from cnncalc.vocabulary.values import SIDES

Case: TypeAlias = tuple[Layer, Inputs]
# A layer type's name -> its cases; `sound=False` draws such as have problems too.
Cases: TypeAlias = Callable[..., st.SearchStrategy[Case]]

# Enough to divide and not to divide, to fit and not to fit; small, for PyTorch computes every one.
CHANNELS = (1, 2, 3, 4, 6, 8)
LONGEST = 10


def values(kind: Kind, default: Any, rank: int) -> st.SearchStrategy[Any]:
    """Values that a spec may give to one field of a layer over `rank` axes."""
    low = int(kind.low or 0)
    match kind.name:
        case "integer":
            return st.integers(low, low + 5)
        case "per axis":
            size = st.integers(low, low + 3)
            return size | st.tuples(*[size] * rank) if rank else size
        case "factor per axis":
            factor = st.sampled_from((1, 2, 3, 1.5, 1.25, 2.7, *((0.5, 0.3, 0.75) if not low else ())))
            return factor | st.tuples(*[factor] * rank) if rank else factor
        case "padding":
            size = st.integers(low, low + 3)
            words = [st.sampled_from(kind.choices)] * bool(kind.choices)
            sides = [st.dictionaries(st.sampled_from(SIDES[6 - 2 * rank :]), size)] * (rank > 0)
            return st.one_of(*words, *sides, size, st.tuples(*[size] * max(1, rank)))
        case "number":
            bounds = [bound for bound in (kind.low, kind.high) if bound is not None]
            return st.sampled_from([*bounds, 0.25 if kind.low != 1 else 1.5, 1.0])
        case "flag":
            return st.booleans()
        case "standardization":
            scaled = st.fixed_dictionaries({"gain": st.just(True), "gamma": st.sampled_from((0.5, 1.7))})
            return st.booleans() | st.just({"eps": 1e-5}) | scaled
        case "choice":
            return st.sampled_from(kind.choices)
        case "axes":
            here = st.sampled_from(("channels", *AXES[rank]))
            return here | here | st.just("positions") | st.lists(here, min_size=1, unique=True).map(tuple)
        case "name":
            return st.just("pool1")
        case "order":
            fit = st.permutations((*AXES[rank], "channels")).map(tuple)
            return fit | st.permutations(kind.choices).map(lambda words: tuple(words[: rank + 1]))
        case "shape":
            sizes = st.lists(st.integers(1, 5), min_size=1, max_size=4)
            return sizes.map(lambda drawn: drawn[0] if len(drawn) == 1 else "x".join(map(str, drawn)))
    raise AssertionError(f"no strategy for fields of kind {kind.name}, such as {default!r}")


@st.composite
def shapes(draw: st.DrawFn, layer: type[Layer]) -> Inputs:
    """The shapes that enter it: for merges mostly such as can be joined."""
    ranks = {"volume": (1, 2, 2, 2, 3), "features": (0,), "any": (0, 1, 2, 2, 3)}[layer.takes]
    rank = draw(st.sampled_from([rank for rank in ranks if not rank or rank in layer.ranks]))
    longest = {3: LONGEST // 2}.get(rank, LONGEST)
    spatial = st.tuples(*[st.integers(1, longest)] * rank)
    first = Shape(draw(st.sampled_from(CHANNELS)), draw(spatial))
    if layer.arity is not None:
        return (first,) * layer.arity
    if layer.reads_first:
        return first, Shape(draw(st.sampled_from(CHANNELS)), draw(spatial))
    others = [first]
    # The axis along which a merge that joins its operands may have others of another size: the channels are number 0.
    joint = draw(st.integers(0, rank))
    for _ in range(draw(st.integers(1, 3))):
        if layer.key == "concat" and joint:
            sizes = [*first.spatial]
            sizes[joint - 1] = draw(st.integers(1, longest))
            others.append(Shape(first.channels, tuple(sizes)))
            continue
        channels = draw(st.sampled_from((first.channels, first.channels, 1, 2)))
        grid = draw(st.sampled_from((first.spatial, first.spatial, (1,) * rank)))
        others.append(Shape(channels, grid))
    return tuple(others)


@st.composite
def reshaped(draw: st.DrawFn, entering: Shape, sound: bool) -> dict[str, Any]:
    """The sizes of a shape that has as many values as the one that enters, or (where it need not) one more or less."""
    left, sizes = entering.size, {}
    for axis in AXES[draw(st.integers(0, 3))]:
        sizes[axis] = draw(st.sampled_from([size for size in range(1, LONGEST + 1) if left % size == 0]))
        left //= sizes[axis]
    change = 0 if sound else draw(st.sampled_from((-1, 0, 1)))
    return {**sizes, "channels": max(1, left + change)}


# Fields that would hardly ever fit each other, or the input, if each were drawn by itself.
TOGETHER = {"reshape": reshaped}


@st.composite
def factors(draw: st.DrawFn, sound: bool) -> tuple[dict[str, Any], Inputs]:
    """A transposition, and two volumes of any axes; where `sound`, their product exists."""
    way = draw(st.sampled_from(("none", "first", "second", "both")))
    sizes = st.integers(1, 5)
    first, second = (
        Shape(draw(st.sampled_from(CHANNELS)), draw(st.lists(sizes, min_size=1, max_size=3).map(tuple)))
        for _ in range(2)
    )
    if sound:
        meet = first.positions if way in ("first", "both") else first.channels
        if way in ("second", "both"):
            second = Shape(meet, second.spatial)
        else:
            rows = draw(st.sampled_from([rows for rows in range(1, meet + 1) if meet % rows == 0]))
            second = Shape(second.channels, draw(st.sampled_from(((meet,), (rows, meet // rows)))))
    return {"transpose": way}, (first, second)


@st.composite
def attended(draw: st.DrawFn, sound: bool) -> tuple[dict[str, Any], Inputs]:
    """Attention of one to three volumes; where `sound`, they fit each other and every query has several keys."""
    heads, width = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    project = draw(st.booleans())
    count = 3 if not project else draw(st.integers(1, 3))
    chosen: dict[str, Any] = {"heads": heads, "project": project}
    grid = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple))
    keys = grid if count == 1 else draw(st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple))
    steps = draw(st.tuples(*[st.integers(1, 3)] * len(keys)))
    causal = draw(st.booleans()) and count == 1
    if causal:
        grid = keys = grid[:1]
        chosen["causal"] = True
    elif draw(st.booleans()):
        chosen["relative"] = draw(st.sampled_from(("offsets", "distances")))
        if count > 1:
            grid = tuple(-(-size // step) for size, step in zip(keys, steps, strict=True))
    value = draw(st.integers(1, 4))
    channels = [heads * width, heads * width, heads * value]
    if project:
        channels = [draw(st.sampled_from(CHANNELS)) for _ in range(3)]
        if channels[0] % heads or draw(st.booleans()):
            chosen["key_width"] = width
        for field in ("value_width", "units"):
            if draw(st.booleans()):
                chosen[field] = draw(st.integers(1, 5))
        chosen |= {name: draw(st.booleans()) for name in ("bias", "output_bias") if draw(st.booleans())}
    if draw(st.booleans()):
        chosen["scale"] = draw(st.sampled_from((0.25, 0.5, 1.0)))
    inputs = [Shape(channels[0], grid), Shape(channels[1], keys), Shape(channels[2], keys)][:count]
    if sound:
        # Of one key alone the weight is 1, whatever the query.
        assume(inputs[-1].positions > 1)
    else:
        which = draw(st.integers(0, count - 1))
        inputs[which] = Shape(
            draw(st.sampled_from(CHANNELS)), inputs[which].spatial[:1] * draw(st.integers(1, 3))
        )
    return chosen, tuple(inputs)


@st.composite
def unpooled(draw: st.DrawFn, sound: bool) -> tuple[dict[str, Any], Inputs]:
    """What a random max pooling gives; where not `sound`, other channels."""
    pool, (read,) = draw(cases("maxpool"))
    assert isinstance(pool, Pool)
    pooled = Pooled("pool1", pool.key, pool)
    assume(not (sound and pooled.pads_apart(read)))
    output = pool.output((read,))
    values = output if sound else Shape(output.channels + draw(st.integers(0, 1)), output.spatial)
    return {"pool": "pool1", "pooled": pooled}, (values, output, read)


@st.composite
def stacked(draw: st.DrawFn, sound: bool) -> tuple[dict[str, Any], Inputs]:
    """Operands of one shape, over at most two axes, and one of the axes of their stack."""
    rank = draw(st.integers(0, 2 if sound else 3))
    spatial = draw(st.tuples(*[st.integers(1, LONGEST)] * rank))
    shape = Shape(draw(st.sampled_from(CHANNELS)), spatial)
    axis = draw(st.none() | st.sampled_from(AXES[min(rank + 1, 3)]))
    return ({} if axis is None else {"over": axis}), (shape,) * draw(st.integers(2, 4))


# Layers whose fields say which shapes fit each other.
WITH_SHAPES = {"matmul": factors, "attention": attended, "maxunpool": unpooled, "stack": stacked}


@st.composite
def cases(draw: st.DrawFn, name: str, *, sound: bool = True) -> Case:
    layer = layer_type(name)
    chosen: dict[str, Any]
    if name in WITH_SHAPES:
        chosen, inputs = draw(WITH_SHAPES[name](sound))
    elif layer.arity == 0:
        inputs, chosen = (), {}
    else:
        inputs = draw(shapes(layer))
        chosen = dict(draw(TOGETHER[name](inputs[0], sound))) if name in TOGETHER else {}
    rank = inputs[0].rank if inputs else 0
    for field, (declared, default) in stated(layer).items():
        if name not in TOGETHER and name not in WITH_SHAPES and (default is REQUIRED or draw(st.booleans())):
            # Through the field's own reader: what is drawn is what a spec could say.
            chosen[field] = declared.kind.read(draw(values(declared.kind, default, rank)))
    if layer.takes_numbers and draw(st.booleans()):
        inputs = inputs[: draw(st.integers(1, len(inputs)))]
        number = st.sampled_from((2, 0.5, 3.0))
        places: list[Any] = [None] * len(inputs)
        for _ in range(draw(st.integers(1, 2))):
            places.insert(draw(st.integers(0, len(places))), draw(number))
        chosen["numbers"] = tuple(places)
        assume(layer.key != "pow" or len(places) == 2)
    elif layer.key == "pow":
        inputs = inputs[:2]
    case = layer(**chosen), inputs
    if sound:
        assume(not any(problem.blocking for problem in problems(*case)))
    return case


@pytest.fixture(scope="session")
def random_case() -> Cases:
    return cases
