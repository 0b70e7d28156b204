"""Downloads of what is released, their descriptions, and the catalogue."""
