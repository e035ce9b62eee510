"""Writes a network in other forms: source code, drawings, files of other tools. One target, one file.

`Exporter` is what the file of a target defines. `names`, `target` and `of_file` find the targets.
"""

from cnncalc.exporters._exporter import Exporter, NotExported
from cnncalc.exporters._faults import no_form
from cnncalc.exporters._targets import names, of_file, target

__all__ = ["Exporter", "NotExported", "names", "no_form", "of_file", "target"]
