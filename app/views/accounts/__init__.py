"""Screens of accounts: who signs in, who administers, who confirms."""
