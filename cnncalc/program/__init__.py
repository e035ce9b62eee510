"""What is around every command: its streams, the limits of the machine, and errors that nobody foresaw."""
