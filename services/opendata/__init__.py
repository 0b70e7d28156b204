"""opendata: fold the log to running totals, release them, and answer questions about them."""
