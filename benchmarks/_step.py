"""One training step, or one prediction, in PyTorch: like the loop of a program, for measurements of its memory."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from cnncalc.graph import Graph

# The optimizers that are measured, with their arguments for `torch.optim`.
OPTIMIZERS: dict[str, dict[str, Any]] = {"sgd": {"momentum": 0.9}, "adam": {}}
# PyTorch's class of each optimizer.
CLASSES = {
    "sgd": "SGD",
    "adam": "Adam",
    "adamw": "AdamW",
    "rmsprop": "RMSprop",
    "adagrad": "Adagrad",
    "adadelta": "Adadelta",
    "adamax": "Adamax",
    "nadam": "NAdam",
    "radam": "RAdam",
}
# Those of timm.
OF_TIMM = {"lion": "Lion", "lamb": "Lamb"}
# Losses that compare with a class for each position; others with a number for each value, `mean` with nothing.
CLASSIFYING = ("cross_entropy", "smoothed_cross_entropy", "nll")


class Case(NamedTuple):
    """A network run in one way. `optimizer` is empty for inference."""

    spec: str
    mode: str
    optimizer: str
    batch: int


class Prepared(NamedTuple):
    """All that a step needs, and the step."""

    model: Any
    optimizer: Any
    batch: tuple[Any, ...]
    step: Callable[[], None]


def prepare(
    torch: Any,
    graph: Graph,
    case: Case,
    *,
    device: str = "cpu",
    optimizer_options: Mapping[str, Any] | None = None,
    batches: int = 1,
    autocast: Any = None,
    channels_last: bool = False,
    change: Callable[[Any], Any] = lambda model: model,
    between: Callable[[], None] = lambda: None,
    dtype: Any = None,
    built_on: str = "",
    loss: str = "cross_entropy",
    zero_grad: str = "forward",
    ema: bool = False,
) -> Prepared:
    """The model of a graph, an optimizer, a batch and its targets; `step()` runs it once.

    `optimizer_options` are the optimizer's keyword arguments (by default those in `OPTIMIZERS`). `batches` is the
    number of batches whose gradients one step adds up. `autocast` is a type. `change` is applied to the model first,
    and `between` is called after each batch. `dtype` is the type of the model and of its input. `built_on` is the
    device on which the model is built, if `change` is what brings it to `device`. `loss`, `zero_grad` and `ema`
    are those of `cnncalc.memory.Setup`.
    """
    from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

    from cnncalc.pytorch import build

    usual = torch.get_default_dtype()
    # Fake tensors can't be converted: all is made in that type.
    torch.set_default_dtype(dtype or usual)
    try:
        model = change(build(graph, device=built_on or device).train(case.mode == "training"))
        images = tuple(
            torch.empty(case.batch, *node.shape.torch, device=device) for node in graph.inputs if node.shape
        )
    finally:
        torch.set_default_dtype(usual)

    if channels_last:
        images = tuple(image.to(memory_format=torch.channels_last) for image in images)
        for module in model.modules():
            # `model.to(...)` would swap tensors, which can't be done with fake ones.
            for name, weight in module._parameters.items():
                if weight is not None and weight.dim() == 4:
                    last = weight.detach().to(memory_format=torch.channels_last)
                    module._parameters[name] = torch.nn.Parameter(last)

    def run() -> Any:
        with torch.autocast(device, autocast, enabled=autocast is not None):
            module = model(*images)
            return module if isinstance(module, tuple) else (module,)

    if case.mode == "inference":

        def predict() -> None:
            with torch.no_grad():
                run()

        return Prepared(model, None, images, predict)
    shapes = [shape for output in graph.outputs if (shape := graph.nodes[output].shape)]
    if loss in CLASSIFYING:
        targets = tuple(
            torch.zeros(case.batch, *shape.spatial, dtype=torch.int64, device=device) for shape in shapes
        )
    else:
        targets = tuple(
            torch.zeros(case.batch, *shape.torch, dtype=dtype, device=device)
            for shape in shapes
            if loss != "mean"
        )
    options = OPTIMIZERS[case.optimizer] if optimizer_options is None else optimizer_options
    optimizer = _optimizer_type(torch, case.optimizer)(model.parameters(), lr=1e-3, **options)
    averaging: Callable[..., Any] = get_ema_multi_avg_fn()  # type: ignore[no-untyped-call]
    average = AveragedModel(model, multi_avg_fn=averaging) if ema else None
    compare = _loss(torch, loss)

    def step() -> None:
        if zero_grad != "backward":
            optimizer.zero_grad(set_to_none=zero_grad == "forward")
        for number in range(batches):
            with torch.autocast(device, autocast, enabled=autocast is not None):
                outputs = run()
                total = compare(outputs[0], *targets[:1])
                for index in range(1, len(outputs)):
                    total = total + compare(outputs[index], *targets[index : index + 1])
            if zero_grad == "backward" and not number:
                optimizer.zero_grad(set_to_none=True)
            total.backward()
            between()
        optimizer.step()
        if average is not None:
            average.update_parameters(model)

    return Prepared(model, optimizer, (*images, *targets), step)


def _optimizer_type(torch: Any, name: str) -> Any:
    """The class of an optimizer, by cnncalc's key."""
    if name in OF_TIMM:
        from timm import optim

        return getattr(optim, OF_TIMM[name])
    return getattr(torch.optim, CLASSES[name])


def _loss(torch: Any, name: str) -> Callable[..., Any]:
    """PyTorch's function of a loss, by cnncalc's key."""
    functions = torch.nn.functional
    if name == "mean":
        return lambda output: output.mean()
    if name == "smoothed_cross_entropy":
        return partial(functions.cross_entropy, label_smoothing=0.1)
    if name == "bce_with_logits":
        name = "binary_cross_entropy_with_logits"
    function: Callable[..., Any] = getattr(functions, name, None) or getattr(functions, f"{name}_loss")
    return function
