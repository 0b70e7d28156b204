"""The figures' files."""
