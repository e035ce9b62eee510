"""The linter: configuration, selection, suppressions and fixes. What is looked for is in `rules`."""
