"""Levels of secrecy, the second person, who is shut out, whose identity is shown."""
