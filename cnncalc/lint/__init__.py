"""The linter: what is asked for, what is accepted, what is mended. What is looked for is in the rules' own room."""
