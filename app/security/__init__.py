"""What must hold even if a view is careless."""
