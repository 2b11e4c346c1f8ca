"""Verbs: they change the session, never commit, and know no request."""
