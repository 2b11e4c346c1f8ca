"""Scanned and generated files: taken in, worked on, handed over."""
