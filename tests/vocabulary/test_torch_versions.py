"""What earlier versions of PyTorch did otherwise."""

import pytest

import cnncalc
from cnncalc.memory import Estimate, Setup, impossible
from cnncalc.vocabulary.torch_versions import NEWEST, OLDEST, all_changes, written


def test_facts_are_between_the_oldest_and_the_newest_and_in_order() -> None:
    versions = [fact.version for fact in all_changes()]
    assert versions == sorted(versions)
    assert all(OLDEST < version <= NEWEST for version in versions)


def test_every_fact_says_where_it_is_written() -> None:
    assert all("/" in fact.source or "notes of" in fact.source for fact in all_changes())


def test_the_newest_is_the_installed_one(torch: object) -> None:
    assert written(NEWEST) == ".".join(torch.__version__.split(".")[:2])  # type: ignore[attr-defined]


def test_a_version_before_the_oldest_is_refused_and_one_after_the_newest_is_as_the_newest() -> None:
    assert impossible(Setup(torch=(1, 7))) == "PyTorch 1.7 is older than 1.8, the oldest that is known"
    assert impossible(Setup(torch=(9, 0))) is None
    graph = cnncalc.load("lenet5", mode="training")
    assert Estimate(graph, Setup(torch=(9, 0))).peak(2) == Estimate(graph, Setup()).peak(2)


RELU6 = "cnncalc: 1\ninput: 16x16x8\nlayers:\n  - conv: {filters: 32, kernel: 3, norm: bn}\n  - %s: {inplace: true}\n"


@pytest.mark.parametrize("kind", ["relu6", "hardtanh"])
def test_clipping_in_place_kept_its_output_once(kind: str) -> None:
    text = RELU6 % kind + "  - conv: {filters: 4, kernel: 1}\n"
    graph = cnncalc.load(text, mode="training")

    def kept(version: tuple[int, int]) -> set[str]:
        setup = Setup(torch=version, zero_grad="forward")
        return {
            item.tensor.name
            for item in Estimate(graph, setup).alive(64)
            if item.tensor.category == "activations"
        }

    # The copy of the input, for each of 64 images.
    assert kept((2, 13)) - kept((1, 9)) == {"input"}


def test_gradients_stayed_and_cublas_took_its_own_memory_before_2() -> None:
    graph = cnncalc.load("lenet5", mode="training")
    old, new = (Estimate(graph, Setup(torch=version)) for version in ((1, 13), (2, 0)))
    assert (old.setup.gradients_freed, new.setup.gradients_freed) == ("zeros", "forward")
    sizes = [
        [item.fixed for item in estimate.trace.tensors if item.name == "cuBLAS workspace"]
        for estimate in (old, new)
    ]
    assert sizes == [[], [8519680, 8519680]]


def test_lists_of_tensors_are_the_default_from_2_on() -> None:
    assert [Setup(torch=version).foreach for version in ((1, 13), (2, 0))] == [False, True]
    assert Setup(torch=(1, 13), implementation="foreach").foreach


def test_cublaslt_had_a_mebibyte_of_its_own_for_products_with_a_bias() -> None:
    def own(text: str, version: tuple[int, int]) -> tuple[int, bool]:
        """How many of these there are, and whether one stays."""
        trace = Estimate(cnncalc.load(text, mode="training"), Setup(torch=version)).trace
        numbers = {number for number, item in enumerate(trace.tensors) if item.name == "cuBLASLt workspace"}
        assert all(trace.tensors[number].fixed == 2**20 for number in numbers)
        return len(numbers), bool(numbers - {~event for event in trace.events if event < 0})

    two = "cnncalc: 1\ninput: 8\nlayers:\n  - fc: 4\n  - fc: 2\n"
    versions = ((1, 11), (1, 12), (2, 8), (2, 9), (2, 10), (2, 11), (2, 13))
    # Before 2.0 nothing of cuBLAS was counted, but this came from the allocator.
    assert [own(two, version) for version in versions] == [
        (0, False), (2, False), (2, False), (1, True), (1, True), (0, False), (0, False)
    ]  # fmt: skip
    assert own(two.replace("fc: 4", "fc: {units: 4, bias: false}").replace("fc: 2", "tanh"), (2, 9)) == (
        0,
        False,
    )
