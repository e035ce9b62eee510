"""What was measured on a GPU, as text for pages (`<!-- table: gpu -->`); or that there is no record."""

from benchmarks.gpu import RECORDS, lines_of

NONE_YET = "**None is committed yet**"


def measured_on_gpus() -> str:
    """The summary of each record."""
    from benchmarks._gpu.summary import summary

    if not RECORDS:
        return (
            f"{NONE_YET}: no GPU was available, so nothing on this page has been measured on one, in particular the\n"
            "allocator, the workspaces and the context."
        )
    return "\n\n".join(summary(lines_of(file)) for file in RECORDS)


def verified_on_gpus() -> str:
    """What `cnncalc verify` found on each GPU."""
    if not RECORDS:
        return f"{NONE_YET}: no figure of this project has been measured on a GPU."
    sentences = []
    for file in RECORDS:
        lines = [line for line in lines_of(file) if line["case"] == "verify"]
        equal = sum(line.get("measured", {}).get("ok", False) for line in lines)
        sentences.append(f"On {lines[0]['device']}, {equal} of {len(lines)} networks had no mismatch.")
    return "\n".join(sentences)
