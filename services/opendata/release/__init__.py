"""Releases: what the public may see, in states that can be named and cached by."""
