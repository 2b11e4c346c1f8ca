"""What comes in and goes out as files: exchange files, registers, made-up data."""
