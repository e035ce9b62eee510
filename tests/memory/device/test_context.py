"""What the CUDA context takes: as published for a GPU and a version of PyTorch, else as assumed."""

from cnncalc.memory.device import GPU, MIB, cuda_context, gpu_named, known_gpus


def gpu(name: str) -> GPU:
    known = gpu_named(name)
    assert isinstance(known, GPU)
    return known


def test_it_is_published_for_some_gpus() -> None:
    context = cuda_context(gpu("RTX 3090"), (1, 12))
    assert context.nbytes == 1687 * MIB
    assert not context.assumed
    assert context.source.startswith("https://")


def test_it_is_assumed_for_all_others_and_said_to_be() -> None:
    for context in (cuda_context(), cuda_context(gpu("RTX 3090")), cuda_context(gpu("Tesla T4"), (1, 12))):
        assert context.assumed
        assert context.nbytes > 0
        assert context.source


def test_all_kernels_were_loaded_at_the_start_before_1_13() -> None:
    assert cuda_context(None, (1, 12)).nbytes > cuda_context(None, (1, 13)).nbytes
    assert cuda_context(None, (1, 13)) == cuda_context()


def test_each_published_figure_has_its_source() -> None:
    for each in known_gpus():
        for figure, source in (
            (each.cuda, each.cuda_by),
            (each.context, each.context_by),
            (each.eager_context, each.eager_context_by),
        ):
            assert (figure is None) == (not source)


def test_programs_share_less_than_the_driver_reports() -> None:
    known = [each for each in known_gpus() if each.cuda is not None]
    assert known
    for each in known:
        assert each.for_programs == each.cuda
        assert each.for_programs < each.memory
    assert gpu("Tesla T4").for_programs == gpu("Tesla T4").memory
