"""`cnncalc validate` with a given number of processes, whatever it would choose.

`python -m benchmarks._forced PROCESSES FILES FOLDER`, where FILES says how many there are in FOLDER.
"""

import sys

from cnncalc.cli import main
from cnncalc.commands import _check

processes, files = int(sys.argv[1]), int(sys.argv[2])
setattr(_check, "_processes", lambda count: processes)  # noqa: B010
# Few files in chunks made for many would all go to one process.
_check.CHUNK = max(1, min(_check.CHUNK, files // (2 * processes)))
main(["validate", *sys.argv[3:]])
