"""What docs/drawing-and-netron.md says of Netron's pictures, and how large those of cnncalc are beside them.

Netron's pictures are made by hand, of the ONNX files that PyTorch's exporter writes by default:

    pip install netron==9.3.3
    python -m tests.browser.netron_pictures
"""

VERSION = "9.3.3"
# Each network with the number of operators in its ONNX file, and the size of Netron's graph in pixels.
NETRON: dict[str, tuple[int, int, int]] = {
    "alexnet": (37, 441, 3071),
    "vgg16": (37, 346, 3095),
    "googlenet": (157, 701, 5927),
    "squeezenet1_1": (65, 446, 3917),
    "resnet50": (122, 475, 8567),
    "mobilenet_v2": (100, 420, 8555),
    "densenet121": (368, 440, 28693),
    "unet": (57, 760, 4343),
    "vit_b_16": (442, 593, 29117),
    "efficientnet_b0": (239, 532, 17317),
}
# Those that another page has already drawn.
DRAWN = ("resnet50", "unet")


def sizes() -> str:
    """The table of the page: how large both pictures are."""
    lines = [
        "| network | `cnncalc draw` | operators in the file | Netron's graph |",
        "|---|---:|---:|---:|",
    ]
    for name, (operators, wide, tall) in NETRON.items():
        own = "x".join(_size(name))
        lines.append(f"| `{name}` | {own} | {operators} | {wide}x{tall} |")
    return "\n".join(lines)


def _size(name: str) -> list[str]:
    """Width and height of cnncalc's picture, in whole pixels."""
    from docs.drawings import picture

    head = picture(f"draw {name}").partition('viewBox="')[2].partition('"')[0]
    return [str(round(float(side))) for side in head.split()[2:]]
