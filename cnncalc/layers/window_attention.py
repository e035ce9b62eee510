"""Multi-head self-attention within windows."""

from collections.abc import Iterable, Iterator
from math import prod
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import window_faults
from cnncalc.vocabulary.convolution import kernel_text
from cnncalc.vocabulary.divide import undivided
from cnncalc.vocabulary.field import REQUIRED, flag, integer, per_axis
from cnncalc.vocabulary.gradients import in_type
from cnncalc.vocabulary.groups import AnyValues, ChannelsMixed, NoStatistics, OwnOutput
from cnncalc.vocabulary.layer import (
    PARAMETERS,
    Call,
    Example,
    Inputs,
    Kept,
    Problem,
    Reach,
    Step,
    Tensor,
    TorchCall,
    Weight,
    Work,
    layer,
    weight_gradients,
)
from cnncalc.vocabulary.layouts import LastInMemory
from cnncalc.vocabulary.matrix import BackwardMacs
from cnncalc.vocabulary.partition import Partition, partition
from cnncalc.vocabulary.position_blocks import untiled
from cnncalc.vocabulary.reach import MOST_PHASES, Taps
from cnncalc.vocabulary.strides import Lying, lies
from cnncalc.vocabulary.values import PerAxis
from cnncalc.vocabulary.window import axiswise
from cnncalc.vocabulary.word_fields import choice

FULL = "float32"
# The attention weights before they are cast for a product.
WEIGHTS = "attention_weights_whole"


@layer
class WindowAttention(ChannelsMixed, AnyValues, NoStatistics, LastInMemory, OwnOutput):
    """Multi-head attention within windows: softmax(Q*K^T/sqrt(d) + B)*V in each head, with d = channels/heads.

    B is learned: one number for every head and every relative position within a window. If windows do not tile the
    volume, zeros are added at the bottom and right. With a `shift`, the windows start that many positions later, and
    the last windows wrap around to the first rows and columns. A mask separates these from the others. There is no
    shift along an axis with one window. (The mask adds -inf to scores; torchvision's adds -100, which leaves weights of
    10^-44.) With `grid`, the positions of a window are spread evenly over the volume instead: of 28 rows, a window of 7
    takes every fourth. `relative: none` leaves B out.
    """

    family: ClassVar[str] = "attention"
    autocast = "lower"
    takes = "volume"
    ranks = (2,)
    other_ranks = "use `self_attention` for tokens in one row"
    linear = False
    only_for_weights = ("windows", "joined", "grad_bias", "grad_distances")
    only_for_inputs = ("qkv.weight cast",)
    source: ClassVar[str] = (
        "torchvision.models.swin_transformer.ShiftedWindowAttention; Liu et al. 2021, arXiv 2103.14030; grids: Tu et "
        "al. 2022, arXiv 2204.01697 (MaxViT)"
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"heads": 3, "window": 7}, (Shape(96, (14, 14)),)),
        Example({"heads": 2, "window": 4, "shift": 2}, (Shape(8, (8, 12)),)),
        Example({"heads": 2, "window": (3, 4), "shift": (1, 2)}, (Shape(4, (7, 4)),)),
        Example({"heads": 1, "window": 7, "shift": 3}, (Shape(16, (7, 7)),)),
        Example({"heads": 2, "window": (2, 3), "grid": True}, (Shape(8, (4, 9)),)),
        Example({"heads": 2, "window": 3, "grid": True, "relative": "none"}, (Shape(4, (6, 6)),)),
        Example({"heads": 1, "window": (4, 1)}, (Shape(4, (4, 5)),)),
    )

    heads: int = integer(REQUIRED, "number of attention heads")
    window: PerAxis = per_axis(REQUIRED, "size of the windows")
    shift: PerAxis = per_axis(0, "how far the windows are shifted; smaller than their size", low=0)
    grid: bool = flag(
        False, "spread the positions of each window evenly over the volume, in place of adjacent ones"
    )
    relative: str = choice(
        "offsets",
        "learn a number for every offset between two positions of a window, or none",
        ("offsets", "none"),
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if problem := undivided(inputs[0], self.heads, f"{self.heads} heads", "heads"):
            yield problem
        pairs = zip(inputs[0].axes, axiswise(self.shift, 2), axiswise(self.window, 2), strict=True)
        for axis, shift, window in pairs:
            if shift >= window:
                yield Problem(
                    window_faults.SHIFT_OVER_WINDOW,
                    f"{axis}: windows of {window} are shifted by {shift}",
                    "shift",
                    help=f"a shift of {shift % window} gives the same windows",
                )
                return
        if not self.grid:
            return
        if any(axiswise(self.shift, 2)):
            yield Problem(
                window_faults.SHIFT_OVER_WINDOW,
                "a window that is spread over the whole volume has no shift",
                "shift",
                help="leave `shift` out, or `grid`",
            )
        yield from untiled(inputs[0], axiswise(self.window, 2), "window", "grids")

    def _partition(self, volume: Shape) -> Partition:
        return partition(volume, self.window, self.shift, self.grid)

    @property
    def _has_table(self) -> bool:
        return self.relative != "none"

    def output(self, inputs: Inputs) -> Shape:
        return inputs[0]

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        width, distances = inputs[0].channels, [2 * size - 1 for size in self._partition(inputs[0]).window]
        table = f"({distances[0]}*{distances[1]})*{self.heads}"
        learned = (Weight("relative_position_bias_table", (prod(distances), self.heads), table),)
        return (
            *learned * self._has_table,
            Weight("qkv.weight", (3 * width, width), f"3*{width}*{width}"),
            Weight("qkv.bias", (3 * width,), f"3*{width}"),
            Weight("proj.weight", (width, width), f"{width}*{width}"),
            Weight("proj.bias", (width,), str(width)),
        )

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        index = Tensor("relative_position_index", (self._partition(inputs[0]).tokens ** 2,), "int64")
        return (index,) * self._has_table

    def work(self, inputs: Inputs) -> Work:
        width, partition = inputs[0].channels, self._partition(inputs[0])
        rows = self.heads * partition.positions
        scores = rows * partition.tokens
        return Work(
            macs=4 * partition.positions * width * width + 2 * partition.positions * partition.tokens * width,
            multiplies=partition.positions * width,
            adds=4 * partition.positions * width
            + (2 + self._has_table + any(partition.shifts)) * scores
            - rows,
            compares=scores - rows,
            exponentials=scores,
            divides=scores,
        )

    def backward_macs(self, inputs: Inputs, wanted: tuple[bool, ...]) -> BackwardMacs:
        """Both factors of a product over all pairs have gradients; that of the joined heads is computed in any case."""
        linear = self._partition(inputs[0]).positions * inputs[0].channels ** 2
        pairs = self.work(inputs).macs - 4 * linear
        return BackwardMacs(linear * (4 if any(wanted) else 1) + 2 * pairs, 4 * linear)

    def macs_formula(self, inputs: Inputs) -> str:
        width, partition = inputs[0].channels, self._partition(inputs[0])
        return f"4*{partition.positions}*{width}*{width} + 2*{partition.positions}*{partition.tokens}*{width}"

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """The whole window. Shifted windows are cut where they wrap around, so the first one starts at the shift."""
        if self.grid:
            return self._grid_reach(inputs[0])
        shifts = self._partition(inputs[0]).shifts
        if max(axiswise(self.window, 2)) > MOST_PHASES:
            return None
        return tuple(
            Reach(tuple(Taps((index - shift) // size * size + shift, 1, size) for index in range(size)), size)
            for size, shift in zip(axiswise(self.window, 2), shifts, strict=True)
        )

    def _grid_reach(self, volume: Shape) -> tuple[Reach, ...] | None:
        """Every n-th position from that of the same remainder on, if there are n windows along the axis."""
        if max(volume.spatial) > MOST_PHASES:
            return None
        axes = zip(volume.spatial, self._partition(volume).counts, axiswise(self.window, 2), strict=True)
        return tuple(
            Reach.table(tuple(Taps(index % count, count, step) for index in range(size)), size, 1)
            for size, count, step in axes
        )

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return self._steps(inputs)

    def _steps(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Windows; Q, K and V by head; Q scaled; the attention weights; the result, with the heads joined."""
        width, partition = inputs[0].channels, self._partition(inputs[0])
        return (
            Tensor("windows", (partition.positions, width), batched=True),
            Tensor("heads", (3, partition.positions, width), batched=True),
            Tensor("query", (partition.positions, width), batched=True),
            Tensor("attention_weights", (self.heads, partition.positions, partition.tokens), batched=True),
            Tensor("joined", (partition.positions, width), batched=True),
        )

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        # In units of the windows, with attention weights of size s, all of which stay alive: 5 + 2s at the softmax,
        # with its input and its output alive; 8 + s when the windows are joined again: 2 beside the 6 + s that are
        # kept.
        partition = self._partition(inputs[0])
        first, _, _, attention_weights, _ = steps = self._steps(inputs)
        more = max(attention_weights.size, 3 * first.size) - first.size - inputs[0].size
        tensors = list(steps)
        if self._has_table:
            tensors.append(Tensor("bias", (partition.tokens, partition.tokens, self.heads)))
        if any(partition.shifts):
            tensors.append(Tensor("mask", (partition.windows, partition.tokens, partition.tokens)))
        return (*tensors, Tensor("more", (more,), batched=True))

    def not_cast(self, inputs: Inputs) -> tuple[str, ...]:
        """The table is added to the scores."""
        return ("relative_position_bias_table",)

    def casts_itself(self, inputs: Inputs) -> bool:
        """The windows are cast."""
        return True

    def _widens(self, inputs: Inputs, call: Call) -> bool:
        """Whether autocast computes the attention weights in float32.

        What is added to the scores is in float32, so that PyTorch promotes them; CUDA computes every softmax in it.
        """
        added = self._has_table or any(self._partition(inputs[0]).shifts)
        return call.lower is not None and (added or call.device != "cpu")

    def _wide(self, name: str, inputs: Inputs) -> Tensor:
        return self._steps(inputs)[3]._replace(name=name, dtype=FULL)

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        kept = super().keeps_of(inputs, call)
        return (*kept, self._wide(WEIGHTS, inputs)) if self._widens(inputs, call) else kept

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        if call.lower is None:
            return super().forward_of(inputs, call)
        return (
            *self._windows(inputs, call),
            *self._attention_weights(inputs, call),
            *self._volume(inputs, call),
        )

    def _windows(self, inputs: Inputs, call: Call) -> Iterator[Step]:
        """From the input to queries, keys and values under autocast, which casts the windows."""
        partition, (windows, heads, query, *_) = self._partition(inputs[0]), self._steps(inputs)
        kind = FULL if call.casts else call.lower
        if any(partition.shifts):
            yield Step((Tensor("mask", (partition.windows, partition.tokens**2), FULL),))
        moved = ["padded"] * (partition.padded != inputs[0].spatial)
        moved += [f"rolled_{axis}" for axis in partition.shifted]
        for before, name in zip(["", *moved], moved, strict=False):
            frees = (before,) if before else ()
            yield Step((windows._replace(name=name, dtype=kind),), frees)
        whole = windows._replace(name="windows_whole", dtype=FULL) if call.casts else windows
        yield Step((whole,), tuple(moved[-1:]))
        projected = heads._replace(name="projected")
        cast = (windows,) if call.casts else ()
        spent = () if call.training else tuple(item.name for item in cast)
        yield Step((*cast, projected), spent, casts=("qkv.bias", "qkv.weight"))
        yield Step((heads,), ("projected",))
        yield Step((query,))

    def _attention_weights(self, inputs: Inputs, call: Call) -> Iterator[Step]:
        """From queries and keys to the attention weights under autocast."""
        partition, attention_weights = self._partition(inputs[0]), self._steps(inputs)[3]
        scores = attention_weights._replace(name="scores")
        yield Step((scores,))
        name = scores.name
        if self._has_table:
            bias = Tensor("bias", (partition.tokens**2, self.heads), PARAMETERS)
            yield Step((bias, self._wide("with_bias", inputs)), (name,))
            name = "with_bias"
        if any(partition.shifts):
            yield Step((self._wide("masked", inputs),), (name,))
            name = "masked"
        if not self._widens(inputs, call):
            yield Step((attention_weights,), (name,))
            return
        wide = (self._wide("scores_whole", inputs),) * (name == scores.name)
        yield Step((*wide, self._wide(WEIGHTS, inputs)), (name, *(item.name for item in wide)))
        # The product reads a cast, which lives as long as the product.
        yield Step((attention_weights,))

    def _volume(self, inputs: Inputs, call: Call) -> Iterator[Step]:
        """From the attention weights to the output under autocast."""
        partition, (windows, *_, attention_weights, joined) = self._partition(inputs[0]), self._steps(inputs)
        cast = (attention_weights.name,) if self._widens(inputs, call) else ()
        yield Step((joined._replace(name="split"),), cast)
        yield Step((joined,), ("split",))
        yield Step((windows._replace(name="projected_back"),), casts=("proj.bias", "proj.weight"))
        moved = ["put_back", *(f"rolled_back_{axis}" for axis in partition.shifted)]
        cropped = partition.padded != inputs[0].spatial
        name = "projected_back"
        for new in moved if cropped else moved[:-1]:
            yield Step((windows._replace(name=new),), (name,))
            name = new
        yield Step((), (name,))

    def _softmax_back(self, inputs: Inputs, steps: tuple[Step, ...]) -> Iterator[Step]:
        """The steps of the backward pass, where the attention weights are in float32."""
        weights, scores = (self._wide(name, inputs) for name in ("grad_weights_whole", "grad_scores_whole"))
        for step in steps:
            names = [item.name for item in step.makes]
            if names == ["grad_scores"]:
                yield Step((weights,), ("grad_attention_weights", "attention_weights"))
                yield Step((scores,), (weights.name, WEIGHTS))
                yield Step(step.makes, () if self._has_table else (scores.name,))
            elif names == ["grad_bias"]:
                yield step._replace(frees=(*step.frees, scores.name))
            else:
                yield step

    def _in_full(self, inputs: Inputs, steps: tuple[Step, ...]) -> Iterator[Step]:
        """The steps of the backward pass, where the windows are in float32."""
        index = next(
            index for index, step in enumerate(steps) if any(item.name == "qkv.weight" for item in step.makes)
        )
        product, after, last = steps[index], steps[index + 1 :], {"grad0": "grad_windows"}
        makes = tuple(item._replace(name=last.get(item.name, item.name)) for item in product.makes)
        yield from steps[:index]
        yield product._replace(makes=makes)
        name = "grad_windows_whole" if after else "grad0"
        whole = self._steps(inputs)[0]._replace(name=name, dtype=FULL)
        yield Step((whole,), ("grad_windows",), casts=("qkv.weight", "qkv.bias"))
        yield from in_type(after, FULL, {"grad_windows": name})

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The steps of the forward pass in reverse, with a copy wherever positions or heads are reordered."""
        volume, partition = inputs[0], self._partition(inputs[0])
        *table, entering_weight, entering_bias, weight, bias = weight_gradients(self.weights(inputs))
        entering = (entering_weight, entering_bias)
        windowed, pairs = (partition.positions, volume.channels), (partition.tokens, partition.tokens)
        headed = self.heads > 1 and partition.tokens > 1

        def grad(of: str, *shape: int) -> Tensor:
            return Tensor(f"grad_{of}", shape or windowed, batched=True)

        reorder = (grad("reordered"),) * partition.reorders
        rolls = tuple(grad(f"rolled_{axis}") for axis in reversed(partition.shifted))
        steps = _chain("grad", (*_uncropped(partition), *rolls, *reorder))
        steps.append(
            Step((weight, bias, grad("joined")), (steps[-1].makes[-1].name if steps else "grad", "joined"))
        )
        steps += _chain("grad_joined", (grad("split"),) * headed)
        scores = grad("scores", partition.windows, self.heads, *pairs)
        attention_weights = scores._replace(name="grad_attention_weights")
        distances = (
            Tensor("grad_bias", (*pairs, self.heads), PARAMETERS),
            Tensor("grad_distances", (*pairs, self.heads), PARAMETERS),
        )
        steps += (
            Step((grad("value"), attention_weights), (steps[-1].makes[-1].name,)),
            Step((scores,), ("grad_attention_weights", "attention_weights")),
            *(
                (Step(distances[:1]), *_chain("grad_bias", (*distances[1:] * headed, *table)))
                if table
                else ()
            ),
            Step((grad("key"), grad("scaled")), ("grad_scores", "heads", "query")),
            Step((grad("query"),), ("grad_scaled",)),
            Step((grad("stacked", 3, *windowed),), ("grad_query", "grad_key", "grad_value")),
            Step((grad("heads", 3, *windowed),), ("grad_stacked",)),
        )
        if not wanted[0]:
            return (*steps, Step(entering, ("grad_heads", "windows")))
        padded = (grad("filled", *volume.torch),) * (partition.padded != volume.spatial)
        put_back = (grad("reordered"),) * (partition.put_back is None)
        back = [
            grad("windows"),
            *(step._replace(name=f"{step.name}_back") for step in (*put_back, *rolls)),
            *padded,
        ]
        back[-1] = back[-1]._replace(name="grad0")
        steps.append(Step((*entering, back[0]), ("grad_heads", "windows")))
        return (*steps, *_chain(back[0].name, back[1:]))

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """On tensors of a subclass the table's gradient is another tensor than the zeros that it begins as.

        `index_backward` in torch/csrc/autograd/FunctionsManual.cpp; otherwise it is added to these in place.
        """
        steps = self.backward(inputs, wanted)
        if call.device == "cpu":
            steps = tuple(_without_distances(steps))
        if self._widens(inputs, call):
            steps = tuple(self._softmax_back(inputs, steps))
        if call.casts and wanted[0]:
            steps = tuple(self._in_full(inputs, steps))
        if not call.subclasses or not self._has_table:
            return steps
        table = self.weights(inputs)[0]
        zeros = Tensor("grad_table_zeros", table.shape, PARAMETERS)
        return tuple(
            step._replace(makes=(zeros, *step.makes), frees=(*step.frees, zeros.name))
            if any(tensor.name == table.name for tensor in step.makes)
            else step
            for step in steps
        )

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """Channels last; where no copy puts the positions back, as they are in the windows."""
        partition = self._partition(inputs[0])
        whole = partition.padded == inputs[0].spatial and not any(partition.shifts)
        if not whole or partition.put_back is None:
            return super().gradient_lies(inputs, which, call)
        batch, *spatial, channels = partition.put_back
        return lies(inputs[0].torch, (batch, channels, *spatial))

    def gives_view(self, inputs: Inputs) -> bool:
        return True

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        partition = self._partition(inputs[0])
        arguments = {
            "channels": inputs[0].channels,
            "heads": self.heads,
            "window": partition.window,
            "shift": partition.shifts,
            "size": inputs[0].spatial,
        }
        if self.grid:
            arguments["grid"] = True
        if not self._has_table:
            arguments["relative"] = False
        return (TorchCall("own.WindowAttention", arguments),)

    def label(self, inputs: Inputs) -> str:
        partition = self._partition(inputs[0])
        kind = "G" if self.grid else "SW" if any(partition.shifts) else "W"
        return f"{kind}-ATTENTION{kernel_text(partition.window)}-{self.heads}"


def _without_distances(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps without a copy of the gradient of the bias: on a CPU a view is enough."""
    for step in steps:
        if [item.name for item in step.makes] != ["grad_distances"]:
            names = {"grad_distances": "grad_bias"}
            yield step._replace(frees=tuple(names.get(str(name), name) for name in step.frees))


def _chain(first: str, tensors: Iterable[Tensor]) -> list[Step]:
    """A chain of tensors, each computed from the one before it."""
    steps = []
    for tensor in tensors:
        steps.append(Step((tensor,), (first,)))
        first = tensor.name
    return steps


def _uncropped(partition: Partition) -> Iterator[Tensor]:
    """The gradient with the padding positions added back as zeros, axis by axis."""
    (height, width), channels = partition.padded, partition.volume.channels
    rows, columns = partition.volume.spatial
    if width > columns:
        yield Tensor("grad_wider", (rows, width, channels), batched=True)
    if height > rows:
        yield Tensor("grad_higher", (height, width, channels), batched=True)
