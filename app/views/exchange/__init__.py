"""Screens of registers brought in."""
