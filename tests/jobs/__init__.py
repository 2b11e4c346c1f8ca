"""Long work off the request."""
