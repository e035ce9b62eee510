"""What the rows of imported models are together: shares that are equal, times, lines."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

# A difference that is rounding, as a part of the largest output.
WITHIN = 1e-5


def summary(rows: Sequence[dict[str, Any]], files: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """By library and kind: how many there are, how many failed, what is equal; and the folders of foreign files."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(f"{row['name'].partition('/')[0]} {row['kind']}", []).append(row)
    whole = {"all": list(rows), **groups} if len(groups) > 1 else groups
    return {
        **{name: _models(group) for name, group in whole.items()},
        **{f"files of {name}": _files(group) for name, group in files.items()},
    }


def _models(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    done = [row for row in rows if "error" not in row]
    proofs = [row["proof"] for row in done if "proof" in row]
    # Of what is not proven the outputs were not compared, or do not depend on the images.
    compared = [proof for proof in proofs if proof["verdict"] != "unproven"]
    seconds = sorted(row["cpu_seconds"] for row in done)
    equal = [row for row in done if all(row["equal"].values())]
    largest = max(done, key=lambda row: row["figures"]["parameters"][1], default=None)
    return {
        "models": len(rows),
        "failed": len(rows) - len(done),
        "equal": len(equal),
        "equal_share": _share(equal, rows),
        "equal_by_figure": {
            name: sum(row["equal"].get(name, False) for row in done)
            for name in ("parameters", "buffers", "macs", "shape")
        },
        "with_unknown": sum(row["unknown_count"] > 0 for row in done),
        "outputs": {
            "models": len(proofs),
            "compared": len(compared),
            "identical": sum(proof["identical"] for proof in compared),
            "identical_share": _share([proof for proof in compared if proof["identical"]], compared),
            "differ": sum(proof["verdict"] == "differs" for proof in compared),
            "worst_relative": max((proof["difference"] or 0.0 for proof in compared), default=None),
            "above_rounding": sum((proof["difference"] or 0.0) > WITHIN for proof in compared),
            "cpu_seconds_p50": _quantile(sorted(proof["cpu_seconds"] for proof in proofs), 0.5),
        },
        "folding": {
            "same_figures": sum(row["folded"]["same_figures"] for row in done),
            "same_graph": sum(row["folded"]["same_graph"] for row in done),
            "lines_median": median(row["lines"] for row in equal) if equal else None,
            "flat_lines_median": median(row["flat_lines"] for row in equal) if equal else None,
        },
        "cpu_seconds": {"p50": _quantile(seconds, 0.5), "p90": _quantile(seconds, 0.9)},
        "largest": {key: largest[key] for key in ("name", "peak_mib", "cpu_seconds")} if largest else None,
    }


def _files(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    named = [row for row in rows if row.get("named_params")]
    return {
        "files": len(rows),
        "networks": sum(bool(row["network"]) for row in rows),
        "read_whole": sum(bool(row.get("ok")) and not row.get("unknown") for row in rows),
        "with_a_named_count": len(named),
        "equal_to_it": sum(row["params"] in row["named_params"] for row in named),
    }


def _share(part: Iterable[Any], whole: Sequence[Any]) -> float | None:
    return round(len(list(part)) / len(whole), 4) if whole else None


def _quantile(values: Sequence[float], part: float) -> float | None:
    return values[min(len(values) - 1, int(part * len(values)))] if values else None
