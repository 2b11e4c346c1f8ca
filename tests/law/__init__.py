"""The rules of law, as tables."""
