"""What comes from outside, as bytes."""
