"""One training step, or one prediction, in PyTorch: like the loop of a program, for measurements of its memory."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cnncalc.graph import Graph

# The optimizers that are measured, with their arguments for `torch.optim`.
OPTIMIZERS: dict[str, dict[str, Any]] = {"sgd": {"momentum": 0.9}, "adam": {}}
# PyTorch's class of each optimizer.
CLASSES = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "adagrad": "Adagrad"}


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
) -> Prepared:
    """The model of a graph, an optimizer, a batch and its targets; `step()` runs it once.

    `optimizer_options` are the optimizer's keyword arguments (by default those in `OPTIMIZERS`). `batches` is the
    number of batches whose gradients one step adds up. `autocast` is a type. `change` is applied to the model first,
    and `between` is called after each batch. `dtype` is the type of the model and of its input. `built_on` is the
    device on which the model is built, if `change` is what brings it to `device`.
    """
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
    shapes = [graph.nodes[output].shape for output in graph.outputs]
    targets = tuple(
        torch.zeros(case.batch, *shape.spatial, dtype=torch.int64, device=device) for shape in shapes if shape
    )
    options = OPTIMIZERS[case.optimizer] if optimizer_options is None else optimizer_options
    optimizer = getattr(torch.optim, CLASSES[case.optimizer])(model.parameters(), lr=1e-3, **options)
    cross_entropy = torch.nn.functional.cross_entropy

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        for _ in range(batches):
            with torch.autocast(device, autocast, enabled=autocast is not None):
                outputs = run()
                loss = cross_entropy(outputs[0], targets[0])
                for output, target in zip(outputs[1:], targets[1:], strict=True):
                    loss = loss + cross_entropy(output, target)
            loss.backward()
            between()
        optimizer.step()

    return Prepared(model, optimizer, (*images, *targets), step)
