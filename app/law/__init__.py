"""The law as dated data with pure functions over it: no Flask, no SQLAlchemy, no clock."""
