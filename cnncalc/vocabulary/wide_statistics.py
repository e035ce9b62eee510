"""The type of statistics on CUDA."""

from cnncalc.vocabulary.layer import SUMS, Layer, Storage, Tensor

# What normalisations call the mean of what they normalise, and one over its deviation.
STATISTICS_OF = ("mean", "rstd", "save_mean", "save_invstd")


class WideStatistics(Layer):
    """On CUDA means and deviations are at least in float32, whatever they are of (`acc_type` in its kernels)."""

    def dtype_of(self, kept: Tensor, storage: Storage, device: str) -> str | None:
        if device == "cuda" and kept.name in STATISTICS_OF:
            return SUMS
        return super().dtype_of(kept, storage, device)
