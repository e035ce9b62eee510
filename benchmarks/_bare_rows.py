"""Rows like those of `inspect --format json`, of nothing: `python -m benchmarks._bare_rows COUNT`."""

import json
import sys

SHAPE = {"channels": 64, "height": 32, "width": 32}
FIELD = {"size": 1, "stride": 1, "start": 0}

for index in range(int(sys.argv[1])):
    name = f"bottleneck{index // 10}.conv{index % 10}"
    row = {
        "name": name,
        "type": "conv",
        "label": "CONV1-64",
        "inputs": [name],
        "output": dict(SHAPE),
        "activations": index,
        "params": index,
        "weights": index,
        "macs": index,
        "receptive_field": {"height": dict(FIELD), "width": dict(FIELD)},
        "line": 10,
    }
    sys.stdout.write(json.dumps(row))
