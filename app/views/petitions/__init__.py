"""Screens of petitions, cases and receptions."""
