"""Blocks that come with cnncalc: `blocks: {se: std/squeeze_excite}`. Each is a spec in `cnncalc/std`."""

from cnncalc import zoo
from cnncalc.spec import faults
from cnncalc.spec.extends import Family
from cnncalc.spec.reading import Reading
from cnncalc.text import Entry, Mapping, Scalar, Source, escaped, load, read


def shipped_block(reading: Reading, texts: Family, entry: Entry) -> Mapping | None:
    """The parameters and layers of a shipped block; None if there is none of that name, which is reported."""
    assert isinstance(entry.value, Scalar)
    word = entry.value.raw
    name = word.removeprefix(zoo.STD)
    path = zoo.block_path(name)
    if path is None:
        known = [f"{zoo.STD}{block}" for block in zoo.blocks()]
        what = f"there is no shipped block `{escaped(word)}`"
        reading.unknown_word(faults.WRONG_VALUE, entry.value.span, what, word, known)
        return None
    source = next((text for text in texts.included if text.name == f"{word}.yaml"), None)
    if source is None:
        text, diagnostics = read(path, f"{word}.yaml")
        assert text is not None, diagnostics
        # Without a path: no fix of a spec is written into the package.
        source = Source(text.name, text.text)
        texts.included.append(source)
    root, _ = load(source)
    assert isinstance(root, Mapping)
    blocks = root.get("blocks")
    assert blocks is not None
    assert isinstance(blocks.value, Mapping)
    block = blocks.value.get(name)
    assert block is not None
    assert isinstance(block.value, Mapping)
    return block.value
