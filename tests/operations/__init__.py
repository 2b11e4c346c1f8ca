"""What is done to petitions, cases, documents, accounts."""
