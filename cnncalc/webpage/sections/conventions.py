"""What each figure counts: the words are those of the page of conventions (docs/conventions.md; a test compares)."""

from cnncalc.webpage.markup import plain, tag
from cnncalc.webpage.section import PageSection, ReportedNetwork

WORDS = (
    (
        "Weights and parameters",
        "Weights are the values of filters and of fully-connected layers, and the scales of a normalisation, without "
        "biases and shifts. Parameters are everything that is learned: weights and biases. The course's tables count "
        "weights; papers and PyTorch count parameters.",
    ),
    ("Shared weights", "Shared weights are counted once, with the layer that owns them."),
    (
        "MACs",
        "A MAC is one product that is added to a sum: the products of convolutions, fully-connected layers and matrix "
        "products. One MAC is two FLOPs. Adding a bias is not a MAC.",
    ),
    (
        "Activations",
        "The activations of a network are the values that a forward pass stores: the input, and the output of every "
        "layer that allocates a new tensor.",
    ),
    (
        "Receptive fields",
        "A receptive field is measured along each axis of the input, in pixels: from the first pixel that a value can "
        "see to the last one. Padding counts as seen. So a start can be negative, and a field can be larger than the "
        "image.",
    ),
    (
        "Bytes",
        "Bytes are values times 4 (float32), 8 (float64) or 2 (float16, bfloat16).",
    ),
    (
        "Figures that are not exact",
        "Nothing is said of a figure that is exact. Where an error leaves a layer unknown, its figures are ?, an empty "
        "cell in CSV and null in JSON, and every total is unknown too: a sum with something left out would be taken "
        "for the whole. Beside it stands what it is at least, the sum of all that is known, and the layer that made it "
        "unknown. Unknown is never 0: no budget, and no condition of diff --fail-if, holds because of it.",
    ),
)


def section(network: ReportedNetwork) -> PageSection | None:
    """The words; once on a page."""
    if network.number > 1:
        return None
    pairs = [tag("dt", plain(name)) + tag("dd", plain(text)) for name, text in WORDS]
    return PageSection("conventions", "What the figures count", tag("dl", *pairs, class_="words"))
