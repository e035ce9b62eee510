"""Batches that others ran on real GPUs: rows in files, and what cnncalc says of them."""
