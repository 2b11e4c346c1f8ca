"""The commands of the exchange contract."""
