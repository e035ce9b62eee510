"""Fixtures for every test. Nothing here imports torch unless a test needs it."""

import gc
import os
import sys
import warnings
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

from tests import _each, _passed
from tests._posix import ONLY

# Each of several processes computes with one thread. By default PyTorch starts one for each core in every process, and
# those that wait for a core of another process keep their own busy: that doubles the work of a network. This is set
# before PyTorch is imported, and the processes that tests start inherit it.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

collect_ignore_glob = list(ONLY) if sys.platform == "win32" else []

# `make test` draws few cases and `make test-all` many, the same on every run; `make fuzz` looks for something new.
# A test asks `tests._depth` how many it may draw.
settings.register_profile("few", deadline=None, derandomize=True, max_examples=25)
settings.register_profile("deep", deadline=None, derandomize=True, max_examples=200)
settings.register_profile(
    "fuzz",
    deadline=None,
    max_examples=int(os.environ.get("CNNCALC_FUZZ_CASES", "20000")),
    print_blob=True,
)
settings.load_profile("few")

# How many objects may be made before Python looks for cycles among the new ones (700 by default), and how many of these
# searches are followed by one among older ones, and these by one among all. Tests make millions of objects, of which
# nearly none is in a cycle: by default a fifteenth of all the work would be this search.
COLLECTION = (20_000, 20, 50)


def pytest_configure(config: pytest.Config) -> None:
    _each.configure(config)
    _passed.configure(config)


def pytest_collection_finish() -> None:
    gc.set_threshold(*COLLECTION)
    settle()


def settle() -> None:
    """Search all that is there for garbage, once: what is left stays to the end, as the tests and modules do."""
    gc.collect()
    gc.freeze()


# Operators that torchvision describes to torch as it is imported, whether or not its compiled part loads.
COMPILED = ("nms", "qnms")
SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


@pytest.fixture(scope="session")
def torch() -> ModuleType:
    """PyTorch, imported by the first test that asks for it. Its own warnings are not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = import_module("torch")
        # PyTorch imports it as a module runs for the first time, with 800 files: without it here, each process that
        # `cnncalc verify` forks would do so.
        import_module("torch._dynamo")
    settle()
    return module


@pytest.fixture(scope="module")
def one_thread(torch: ModuleType) -> Iterator[None]:
    """PyTorch with one thread: tensors of tests are tiny or fake, and threads would only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def torchvision(torch: ModuleType) -> ModuleType:
    """torchvision, also where its compiled part does not load (it was built for another build of torch)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not _compiled_operators_load(torch):
            for name in COMPILED:
                torch.library.define(f"torchvision::{name}", SCHEMA)
        return import_module("torchvision")


@pytest.fixture(scope="session")
def timm(torchvision: ModuleType) -> ModuleType:
    """timm, whose networks are built without weights: nothing is downloaded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module("timm")


def _compiled_operators_load(torch: ModuleType) -> bool:
    """Whether torchvision's own operators are there; loads them, as its import would, where they can be."""
    module_spec = find_spec("torchvision")
    if module_spec is None or module_spec.origin is None:
        raise ModuleNotFoundError("torchvision")
    for library in Path(module_spec.origin).parent.glob("_C*"):
        try:
            torch.ops.load_library(library)
        except OSError:
            continue
    return all(hasattr(torch.ops.torchvision, name) for name in COMPILED)


@pytest.fixture
def nothing_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start and end with no stored bindings of layers: for tests that change the facts of a layer."""
    from cnncalc.graph import shared

    monkeypatch.setattr(shared, "_layers", {})
    monkeypatch.setattr(shared, "_fits", {})
