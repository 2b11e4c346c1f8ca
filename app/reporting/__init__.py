"""Gathering facts by SQL, filling forms, writing workbooks."""
