"""Screens of secrecy and of the second person."""
