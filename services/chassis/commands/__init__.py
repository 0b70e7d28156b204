"""Taking commands: from the bytes of a request to a stored event and its receipt."""
