"""The pictures of the pages: what a command draws, in docs/examples. `make docs` writes them to docs/pictures."""

from functools import partial
from typing import TYPE_CHECKING

from docs.regions import Stale, run

if TYPE_CHECKING:
    from collections.abc import Callable

# The name of each picture, and the arguments of `cnncalc draw`; (exit 1): a spec with errors.
PICTURES = {
    "resnet50": "resnet50",
    "googlenet_macs": "googlenet --colour macs",
    "unet": "unet",
    "vit_unfolded": "vit_b_16 --depth 1",
    "alexnet_224": "alexnet_224.yaml (exit 1)",
    "vgg16_volumes": "vgg16 --kind volumes",
    "alexnet_field": "alexnet --kind field",
    "vgg16_bars": "vgg16 --kind bars",
    "resnet18_timeline": "resnet18 --kind timeline --mode training --batch 32",
}


def picture(arguments: str) -> str:
    """The SVG that `cnncalc draw` prints. Raises `Stale` if it ends otherwise than expected."""
    arguments, failing, _ = arguments.partition(" (exit 1)")
    printed, status = run(f"cnncalc draw {arguments} --format svg")
    if status != (1 if failing else 0):
        raise Stale(f"cnncalc draw {arguments} ended with {status}:\n{printed}")
    # Errors are printed before it.
    return printed[printed.index("<svg ") :]


def pages() -> "dict[str, Callable[[], str]]":
    """The file of each picture, and what makes it."""
    return {f"docs/pictures/{name}.svg": partial(picture, words) for name, words in PICTURES.items()}
