"""What cnncalc costs, beside a floor or a peer measured in the same run: `python -m benchmarks`.

One benchmark, one file: its docstring is its title and what is measured, and `rows(bench)` measures it.
"""
