"""Petitions, cases and receptions: registered, processed, settled, executed."""
