"""The projection: events folded to running totals, which can be thrown away and made again."""
