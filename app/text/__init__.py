"""Vietnamese text: TCVN 6909, legacy encodings, folding and sorting. Pure."""
