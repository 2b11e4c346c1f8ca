"""Screens of what administrators keep, and of the audit trail."""
