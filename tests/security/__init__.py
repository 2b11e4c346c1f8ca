"""Scope, sealing, keys, audit, sign-in."""
