"""TeX itself reads the table, where it is installed: with the two packages that the table names, and no others."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.drawing._drawn import HOSTILE
from tests.render.report.test_latex import COMMANDS, latex, networks_report

TEX = shutil.which("pdflatex")
DOCUMENT = r"""\documentclass{article}
\usepackage{booktabs,longtable}
\begin{document}
\input{table}
\end{document}
"""

pytestmark = [pytest.mark.long, pytest.mark.skipif(TEX is None, reason="pdflatex is not installed")]


def compiled(folder: Path, table: str) -> None:
    """Compile the table in a document of its own. Raises AssertionError with what TeX says."""
    (folder / "table.tex").write_text(table, encoding="utf-8")
    (folder / "document.tex").write_text(DOCUMENT, encoding="utf-8")
    assert TEX is not None
    ended = subprocess.run(
        [TEX, "-no-shell-escape", "-halt-on-error", "-interaction=nonstopmode", "document.tex"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout.decode("utf-8", "replace")[-2000:]
    assert (folder / "document.pdf").stat().st_size > 0


@pytest.mark.parametrize("name", ["vgg16", "resnet50", "unet", "vit_b_16", "alexnet_towers"])
def test_the_table_of_a_network(name: str, tmp_path: Path) -> None:
    compiled(tmp_path, networks_report(name))


def test_hostile_names(tmp_path: Path) -> None:
    compiled(tmp_path, "\n".join(map(latex, (*HOSTILE, *COMMANDS))))
