"""Corrections: what was entered wrong is changed, the last step taken back, with the old told in the history."""
