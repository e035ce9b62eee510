"""`cnncalc import hf/NAME`: a model of transformers, made of its configuration alone.

The library is large and is not among those that the tests install: a small module stands in its place, with the same
names. Where it is installed, its own models are imported too.
"""

import importlib.util
import sys
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from tests.commands._program import run

LIBRARY = """\
from torch import nn

class ResNetConfig:
    model_type = "resnet"

    def __init__(self, width=8, **others):
        if others:
            raise TypeError(f"got an unexpected keyword argument {next(iter(others))!r}")
        self.width = width

class ViTConfig:
    model_type = "vit"

class ResNetForImageClassification(nn.Module):
    config_class = ResNetConfig

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.conv = nn.Conv2d(3, config.width, 3, padding=1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(config.width, 2)

    def forward(self, pixel_values):
        return self.classifier(self.pool(self.conv(pixel_values)).flatten(1))

class AutoConfig:
    @staticmethod
    def for_model(name, **keywords):
        known = {kind.model_type: kind for kind in (ResNetConfig, ViTConfig)}
        if name not in known:
            raise ValueError(f"Unrecognized model identifier: {name}.")
        return known[name](**keywords)

class AutoModelForImageClassification:
    _model_mapping = {ResNetConfig: ResNetForImageClassification}
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, torch: ModuleType, one_thread: None) -> None:
    folder = tmp_path / "installed"
    folder.mkdir()
    (folder / "transformers.py").write_text(LIBRARY)
    monkeypatch.delitem(sys.modules, "transformers", raising=False)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.chdir(tmp_path)
    # It must be forgotten afterwards: another test may ask for the real one.
    monkeypatch.setitem(sys.modules, "transformers", _loaded(folder / "transformers.py"))


def _loaded(path: Path) -> ModuleType:
    spec = spec_from_file_location("transformers", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("source", ["hf/resnet", "hf/ResNetForImageClassification"])
def test_a_model_by_its_type_or_its_class(library: None, source: str) -> None:
    ended = run("import", source, "--input", "16x16x3", "--arg", "width=12")
    assert ended.status == 0, ended.err
    assert "filters: 12" in ended.out
    assert "proven" in ended.err


@pytest.mark.parametrize(
    "source", ["hf/resnets", "hf/vit", "hf/AutoConfig"], ids=["no such type", "no classifier", "no model"]
)
def test_what_the_library_does_not_have_is_one_sentence(library: None, source: str) -> None:
    ended = run("import", source, "-o", "out.yaml")
    assert (ended.status, ended.out) == (2, "")
    assert "transformers has no model" in ended.err
    assert "write hf/TYPE (hf/resnet) or hf/CLASS" in ended.err
    assert not Path("out.yaml").exists()


def test_a_library_that_is_missing_is_one_to_install(
    monkeypatch: pytest.MonkeyPatch, torch: ModuleType
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "transformers" else real(name, *rest)
    )
    ended = run("import", "hf/resnet")
    assert (ended.status, ended.out) == (2, "")
    assert "transformers is not installed" in ended.err
    assert "pip install transformers" in ended.err


@pytest.mark.skipif(find_spec("transformers") is None, reason="transformers is not installed")
def test_its_own_resnet_is_proven(torch: ModuleType, one_thread: None) -> None:
    ended = run("import", "hf/resnet", "--input", "64x64x3")
    assert ended.status == 0, ended.err
    assert "proven: output is equal, bit by bit" in ended.err
