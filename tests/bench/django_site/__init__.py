"""The peer: Django's admin over the same rows in clear, as an ordinary developer would set it up."""
