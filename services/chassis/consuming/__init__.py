"""Reading the log: the chain of records, marks that move by compare-and-set, the batch loop."""
