"""Accounts: granted, handed over, confirmed, looked at again."""
