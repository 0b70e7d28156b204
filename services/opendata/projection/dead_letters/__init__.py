"""Events that can't be counted: kept aside with what follows them, retried, dropped (decision 0010)."""
