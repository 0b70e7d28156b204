"""The page at which caseworkers submit sheets, answer allocations and correct what they reported."""
