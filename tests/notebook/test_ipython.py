"""IPython, which Jupyter's kernel is made of, shows a network by its own rules."""

import pytest

import cnncalc


def test_ipython_takes_both_forms() -> None:
    formatters = pytest.importorskip("IPython.core.formatters")
    formats, _ = formatters.DisplayFormatter().format(cnncalc.load("lenet5"))
    assert {"text/html", "text/plain"} <= set(formats)
    assert formats["text/html"].startswith('<figure class="cnncalc-shown"')
    assert formats["text/plain"].startswith("LeNet-5 · input 32x32x1")
