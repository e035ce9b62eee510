"""Every line of the page of a layer by itself, whatever the format."""

from cnncalc.analysis.layer_facts import LayerFacts
from cnncalc.render.figures import many, size
from cnncalc.render.layer_lines import lines
from cnncalc.render.layer_lines.kept import kept


def page(facts: LayerFacts | None) -> lines.Lines:
    """Names and what is said of each; nothing where the layer has no output."""
    if facts is None:
        return
    yield "input", lines.volume(facts.volume)
    yield "output", lines.volume(facts.output)
    yield from lines.windows(facts)
    yield from lines.shape(facts)
    yield from lines.learned(facts.fit)
    yield from lines.sharing(facts)
    yield from lines.work(facts.fit)
    values = facts.output.size
    count = size(facts.nbytes(values))
    yield "memory", f"{many(values, 'value')} = {count} ({facts.dtype}, batch {facts.batch})"
    yield from kept(facts.fit)
    yield from lines.field(facts)
    yield from lines.after_the_field(facts)
    yield from lines.torch(facts.fit)
