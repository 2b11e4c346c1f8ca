"""Screens of the statutory forms."""
