"""The R family: networks that a rewrite can't change, or that can't slide over an image."""

from cnncalc.diagnostic import DiagnosticKind, Severity

# These depend on the command, not on the spec alone: they have no examples.
NO_REWRITE = DiagnosticKind(
    "R001",
    "cannot-be-rewritten",
    Severity.ERROR,
    "A network that `cnncalc rewrite` can't change as asked: it has no such layers, or a layer in the way.",
    "The spec is right. A rewrite that changed the outputs without a word would be worse than none.",
    invalid="",
    valid="",
)
NO_SLIDE = DiagnosticKind(
    "R002",
    "cannot-slide",
    Severity.ERROR,
    "An image or a stride that `cnncalc slide` can't use: the image is smaller than the network's own input, or the "
    "stride is no part of the network's.",
    "A network slides over an image that its input fits into at least once. Its scores are as many pixels apart as its "
    "strides make together; places between these take passes over shifted images.",
    invalid="",
    valid="",
)
