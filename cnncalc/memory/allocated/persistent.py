"""What exists before a step begins and stays: parameters, buffers, batches, and what devices exchange."""

from cnncalc.memory.allocated.data_parallel import buckets
from cnncalc.memory.allocated.loss import targets
from cnncalc.memory.allocated.run import Run
from cnncalc.memory.allocated.workspaces import LT, counted, joins_bias, multiplies
from cnncalc.memory.device import CUBLAS_LT_OWN, cublas
from cnncalc.vocabulary.torch_versions import CUBLAS_LT_HELD, CUBLAS_LT_SHARED


def persistent(run: Run) -> None:
    """Parameters and buffers, and the batch; batches that wait beside it are `prefetch`."""
    recorder = run.recorder
    recorder.mark("start")
    parameters(run)
    for node in run.graph.layers:
        if node.fit is not None and node.owner == node.index:
            for item in node.fit.layer.buffers(node.fit.inputs):
                for name in (item.name, *((f"average of {item.name}",) if run.setup.ema else ())):
                    recorder.make(item.size * run.width(item.dtype), "buffers", node.index, name)
    if run.setup.ema and run.setup.backend.name == "cpu":
        recorder.make(run.width("int64"), "buffers", None, "n_averaged")
    # The program holds the batch as long as the step takes.
    for count in (run.setup.prefetch, 1):
        if not count:
            continue
        for node in run.graph.inputs:
            size = run.shape(node.index).size * run.width(None)
            run.given[node.index] = recorder.make(
                size, "input", node.index, "input", batched=True, count=count
            )
        if run.training:
            targets(run, count)
    if run.training:
        buckets(run)
    if run.training and run.setup.gradients_freed != "forward" and not run.setup.bucket_view:
        gradients_of_the_last_step(run)
    if run.setup.backend.name == "cuda":
        _cublas(run)


def parameters(run: Run) -> None:
    """Every parameter, or the part of it that one device holds, and its moving average, if there is one.

    (`torch.optim.swa_utils.AveragedModel` copies buffers too, and updates all in place.)
    """
    for weight in run.weights:
        nbytes = run.share(weight.values) * run.width(None)
        number = run.recorder.make(nbytes, "params", weight.node, weight.name)
        if run.setup.ema:
            run.recorder.make(nbytes, "params", weight.node, f"average of {weight.name}")
        fit = run.graph.nodes[weight.node].fit
        if fit is not None and fit.layer.gives_parameter:
            run.parameters[weight.node] = number


def gradients_of_the_last_step(run: Run) -> None:
    """They are still there when a step begins; if they are never freed, new ones are added to their zeros."""
    for weight in run.learning:
        number = run.recorder.make(
            run.gradient_share(weight.values) * run.width(None), "grads", weight.node, weight.name
        )
        run.weight_gradients[weight.node, weight.name] = number


def _cublas(run: Run) -> None:
    """The workspace of each thread that multiplies matrices: the caller's, and autograd's own in training."""
    products = [node.index for node in run.graph.layers if multiplies(node)]
    handle = cublas(run.setup.capability, run.setup.torch)
    if not handle.counted:
        return
    back = [index for index in products if run.passes[index]] if run.training else []
    joined = next((node for node in run.graph.layers if joins_bias(node)), None)
    if (
        joined is not None
        and CUBLAS_LT_HELD.holds(run.setup.torch)
        and not CUBLAS_LT_SHARED.holds(run.setup.torch)
    ):
        run.recorder.make(CUBLAS_LT_OWN, "workspace", joined.index, LT)
    for threads in (products, back):
        if threads:
            run.recorder.make(counted(run, handle), "workspace", None, handle.name)
