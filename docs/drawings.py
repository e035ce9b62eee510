"""The pictures of the pages: what a command draws, in docs/examples. `make docs` writes them to docs/pictures."""

from functools import partial
from typing import TYPE_CHECKING

from docs.beside_netron import DRAWN, NETRON
from docs.regions import Stale, run

if TYPE_CHECKING:
    from collections.abc import Callable

# The name of each picture, and the command that draws it; (exit 1): a spec with errors.
PICTURES = {
    "resnet50": "draw resnet50",
    "googlenet_macs": "draw googlenet --colour macs",
    "unet": "draw unet",
    "vit_unfolded": "draw vit_b_16 --depth 1",
    "alexnet_224": "draw alexnet_224.yaml (exit 1)",
    "vgg16_volumes": "draw vgg16 --kind volumes",
    "alexnet_field": "draw alexnet --kind field",
    "vgg16_bars": "draw vgg16 --kind bars",
    "resnet18_timeline": "draw resnet18 --kind timeline --mode training --batch 32",
    "resnet50_to_101": "diff resnet50 resnet101",
    "small_wider": "diff small.yaml small_wider.yaml",
}


def picture(arguments: str) -> str:
    """The SVG that a command prints. Raises `Stale` if it ends otherwise than expected."""
    arguments, failing, _ = arguments.partition(" (exit 1)")
    printed, status = run(f"cnncalc {arguments} --format svg")
    if status != (1 if failing else 0):
        raise Stale(f"cnncalc {arguments} ended with {status}:\n{printed}")
    # Errors are printed before it.
    return printed[printed.index("<svg ") :]


def pages() -> "dict[str, Callable[[], str]]":
    """The file of each picture, and what makes it."""
    beside = [name for name in NETRON if name not in DRAWN]
    return {
        **{f"docs/pictures/{name}.svg": partial(picture, words) for name, words in PICTURES.items()},
        **{f"docs/netron/{name}.svg": partial(picture, f"draw {name}") for name in beside},
    }
