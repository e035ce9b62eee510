"""The sums of `memory --as-taught`: one format, one file; `tables` and `sums` have what text and Markdown share."""
