"""Figures and workbooks."""
