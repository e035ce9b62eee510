"""The notebook of the documentation runs from top to bottom, and each network in it shows itself."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.docs._pages import ROOT

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
# The cells that end in something that shows itself, and what is seen of it.
SHOWN = {
    "load": ("text/html", "ResNet-18"),
    "analyse": ("text/html", "11,689,512"),
    "mistake": ("text/html", "error S"),
    "comparison": ("text/html", "layers: "),
    "estimate": ("text/html", "adam"),
    "volumes": ("image/svg+xml", "VGG-16"),
    "shades": ("image/svg+xml", "MACs"),
}


def cells() -> list[dict[str, Any]]:
    stored: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return stored


def test_it_is_stored_without_outputs() -> None:
    """They would go stale; a reader runs it."""
    for cell in cells():
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None), cell["id"]


def test_the_cells_that_are_named_exist() -> None:
    assert SHOWN.keys() <= {cell["id"] for cell in cells()}


@pytest.mark.long
def test_it_runs_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Jupyter's own kernel, which is a process of its own."""
    client = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    client.NotebookClient(
        notebook, timeout=300, startup_timeout=300, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    outputs = {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}
    for name, (kind, words) in SHOWN.items():
        (output,) = outputs[name]
        assert words in output["data"][kind], name
        assert output["data"]["text/plain"], name
    assert not [
        name for name, given in outputs.items() for output in given if output["output_type"] == "stream"
    ]
