"""Long work on screen."""
