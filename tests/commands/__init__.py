"""The command line, serving, checks."""
