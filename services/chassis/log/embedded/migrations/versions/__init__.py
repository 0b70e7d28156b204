"""How the embedded log's tables came to be."""
