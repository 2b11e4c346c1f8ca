"""Screens, as they are used."""
