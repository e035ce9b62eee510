"""One training step, or one prediction, in PyTorch: as a program's loop does it, for what measures its memory."""

from collections.abc import Callable
from typing import Any, NamedTuple

from cnncalc.graph import Graph

# What `torch.optim` is called with; the options are also those of `cnncalc memory`.
OPTIMIZERS: dict[str, dict[str, Any]] = {"sgd": {"momentum": 0.9}, "adam": {}}
CLASSES = {"sgd": "SGD", "adam": "Adam"}


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
    torch: Any, graph: Graph, case: Case, *, device: str = "cpu", foreach: bool | None = None
) -> Prepared:
    """The model of a graph, an optimizer, a batch and its targets; `step()` runs it once."""
    from cnncalc.pytorch import build

    model = build(graph, device=device).train(case.mode == "training")
    images = tuple(
        torch.empty(case.batch, *node.shape.torch, device=device) for node in graph.inputs if node.shape
    )
    if case.mode == "inference":

        def predict() -> None:
            with torch.no_grad():
                model(*images)

        return Prepared(model, None, images, predict)
    shapes = [graph.nodes[at].shape for at in graph.outputs]
    targets = tuple(
        torch.zeros(case.batch, *shape.spatial, dtype=torch.int64, device=device) for shape in shapes if shape
    )
    told = OPTIMIZERS[case.optimizer]
    optimizer = getattr(torch.optim, CLASSES[case.optimizer])(
        model.parameters(), lr=1e-3, foreach=foreach, **told
    )
    cross_entropy = torch.nn.functional.cross_entropy

    def step() -> None:
        optimizer.zero_grad(set_to_none=True)
        made = model(*images)
        outputs = made if isinstance(made, tuple) else (made,)
        loss = cross_entropy(outputs[0], targets[0])
        for output, target in zip(outputs[1:], targets[1:], strict=True):
            loss = loss + cross_entropy(output, target)
        loss.backward()
        optimizer.step()

    return Prepared(model, optimizer, (*images, *targets), step)
