"""Makes Netron's pictures of docs/drawing-and-netron.md again: `python -m tests.browser.netron_pictures`.

Netron is no dependency of the tests: `pip install netron==9.3.3` before.
"""

import io
import json
import logging
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from docs.beside_netron import NETRON
from tests.browser._finding import browser_path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "netron"
# The window, and the part of it that the picture shows beside the whole graph.
WIDE, TALL, PART, SCALE = 900, 1100, 440, 0.9
# Netron takes `eval` from its page, and Playwright needs it.
KEEP_EVAL = "const own = eval; Object.defineProperty(window, 'eval', {get: () => own, set: () => {}})"
# Angle brackets of a font that few systems have; and the size of the graph.
BRACKETS = """() => { for (const item of document.querySelectorAll('#canvas tspan, #canvas text'))
  for (const node of item.childNodes)
    if (node.nodeType === 3)
      node.data = node.data.replaceAll('\\u3008', '\\u27e8').replaceAll('\\u3009', '\\u27e9') }"""
SIZE = "() => { const box = document.querySelector('#canvas').getBBox(); return [box.width, box.height] }"
SHRINK = """() => { const canvas = document.querySelector('#canvas'), box = canvas.getBBox();
  canvas.setAttribute('viewBox', `${box.x} ${box.y} ${box.width} ${box.height}`);
  canvas.style.cssText = 'position:fixed;inset:0;width:100vw;height:100vh;z-index:9;background:#fff' }"""


def export(name: str, path: Path) -> int:
    """Write the ONNX file of a network as PyTorch's exporter does by default, and return how many operators it has."""
    import onnx
    import torch

    import cnncalc

    graph = cnncalc.load(name)
    model = cnncalc.pytorch.build(graph).eval()
    inputs = tuple(torch.zeros(1, *node.shape.torch) for node in graph.inputs if node.shape is not None)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    torch.onnx.export(model, inputs, str(path), dynamo=True, verbose=False, external_data=False)
    return len(onnx.load(str(path)).graph.node)


def shoot(browser: Any, path: Path, port: int) -> tuple[list[float], Any]:
    """The size of Netron's graph of a file, and the picture: the whole graph, and its upper end as Netron opens it."""
    from PIL import Image, ImageChops

    serve = f"import netron, time; netron.start({str(path)!r}, ('localhost', {port}), False); time.sleep(900)"
    served = subprocess.Popen([sys.executable, "-c", serve], stdout=subprocess.DEVNULL)
    try:
        time.sleep(3)
        page = browser.new_page(viewport={"width": WIDE, "height": TALL})
        page.set_default_timeout(240_000)
        page.add_init_script(KEEP_EVAL)
        page.goto(f"http://localhost:{port}/")
        page.get_by_role("button", name="Accept").click()
        page.wait_for_selector("#canvas .node")
        page.wait_for_timeout(3000)
        page.evaluate(BRACKETS)
        size = page.evaluate(SIZE)
        view = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        page.evaluate(SHRINK)
        whole = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        page.close()
    finally:
        served.terminate()
    drawn = ImageChops.difference(whole, Image.new("RGB", whole.size, "white")).getbbox()
    assert drawn is not None
    left, _, right, _ = drawn
    strip = whole.crop((left - 8, 0, right + 8, TALL))
    middle = WIDE // 2
    both = Image.new("RGB", (strip.width + 24 + PART, TALL), "white")
    both.paste(strip, (0, 0))
    both.paste(view.crop((middle - PART // 2, 60, middle + PART // 2, 1040)), (strip.width + 24, 30))
    return size, both.resize((round(both.width * SCALE), round(TALL * SCALE)))


def main() -> None:
    """Make Netron's pictures again, and print what NETRON should say."""
    from playwright.sync_api import sync_playwright

    seen = {}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=browser_path())
        for number, name in enumerate(NETRON):
            path = Path(folder, f"{name}.onnx")
            operators = export(name, path)
            size, drawn = shoot(browser, path, 9300 + number)
            drawn.save(FOLDER / f"{name}.webp", quality=75, method=6)
            seen[name] = (operators, *map(round, size))
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
