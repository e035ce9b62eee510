"""A command in a forked process prints what it prints in a process of its own, and leaves no trace.

Every page is compared in `make test-all`: `test_generate` starts Python for each of their commands.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from docs import forked

ROOT = Path(__file__).resolve().parents[2]
# In a process that has started no thread.
COMPARE = """
import os, sys
from pathlib import Path
from docs import forked, regions

folder, before = regions.EXAMPLES, (os.getcwd(), dict(os.environ), sys.argv, sys.path[:])
environment = {"PATH": os.environ["PATH"], "COLUMNS": "61", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
environment["PYTHONPATH"] = str(regions.ROOT)
for arguments, status in (
    (["validate", "--format", "concise", "alexnet_224.yaml"], 1),  # on both streams
    (["fit", "vgg16", "--memory", "two"], 2),
    (["explain", "vgg16", "fc1"], 0),
    (["no-such-command"], 2),
    ([], 2),
):
    printed, ended = forked.start("cnncalc", arguments, folder, environment)
    assert printed, arguments
    assert ended == status, (arguments, ended, printed)
    assert (printed, ended) == regions.start("cnncalc", arguments, folder, environment), (arguments, printed)
assert before == (os.getcwd(), dict(os.environ), sys.argv, sys.path)
"""


@pytest.mark.skipif(not forked.POSSIBLE, reason="only where processes are forked")
def test_a_command_does_the_same_in_a_fork() -> None:
    subprocess.run([sys.executable, "-c", COMPARE], cwd=ROOT, check=True)
