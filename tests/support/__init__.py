"""What tests share: worlds, stacks, hostile files."""
