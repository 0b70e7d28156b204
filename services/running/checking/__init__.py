"""Whether what the system holds agrees with itself, and with what others have published."""
