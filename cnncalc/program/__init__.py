"""Code around every command: its streams, the limits of the machine, and unexpected errors."""
