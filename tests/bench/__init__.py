"""Measurements on many petitions, beside what users would pick instead (`make bench`)."""
