"""How the command ends."""

TROUBLE = 1
"""Something went wrong; click itself gives 0 for done and 2 for wrong use."""

INCONSISTENT = 3
"""What was looked at does not agree with itself."""
