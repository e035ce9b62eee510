"""The layers of a Darknet network so far, by their numbers."""

from cnncalc.importers import faults
from cnncalc.importers.building import Building
from cnncalc.importers.formats._darknet.activations import WORDS, activate
from cnncalc.importers.formats._darknet.sections import BadSection, Section
from cnncalc.shape import Shape


class DarknetNetwork:
    """`after` has the name of the last layer of each section, by the number of the section."""

    def __init__(self, building: Building, source: str) -> None:
        self.building, self.source = building, source
        self.after: list[str] = []
        # The convolutions, by the numbers of their sections.
        self.first: dict[int, str] = {}

    @property
    def last(self) -> str:
        """The layer that the next section reads."""
        return self.after[-1] if self.after else self.source

    def name(self, section: Section) -> str:
        """The name of a section's layer: its kind, and the number of the section."""
        short = {"convolutional": "conv", "connected": "fc"}.get(section.kind, section.kind)
        return f"{short}_{len(self.after)}"

    def layer(self, number: int, section: Section, option: str) -> int:
        """The number of a section that `option` names: from 0, or back from here if it is negative."""
        here = len(self.after)
        index = here + number if number < 0 else number
        if not 0 <= index < here:
            later = "comes later" if index >= here else "does not exist"
            self.building.fault(
                faults.BAD_REFERENCE,
                section.place(option),
                f"`{option}={number}` in section {here} means section {index}, which {later}",
                help=f"sections are numbered from 0, without `[net]`; earlier ones are 0 to {here - 1}"
                if here
                else "this is the first section: it can only read the input",
            )
            raise BadSection
        return index

    def image(self, section: Section) -> Shape | None:
        """The shape that a section reads, which must be an image; None if it is not known."""
        shape = self.building.shapes[self.last]
        if shape is not None and not shape.rank:
            message = f"`[{section.kind}]` reads an image, and what comes before it is {shape} features"
            self.building.fault(faults.DOES_NOT_FIT, section.span, message)
            raise BadSection
        return shape

    def ended(self, section: Section, last: str, normed: bool, default: str) -> str:
        """Add the normalisation and the activation of a section after its layer."""
        word = section.word("activation", default, WORDS)
        name = self.name(section)
        if normed:
            last = self.building.add("bn", {}, [last], name=f"{name}_bn", span=section.span)
        return activate(self.building, word, last, name, section.span)
