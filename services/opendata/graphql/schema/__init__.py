"""The types of the open data, one file for each that belongs together."""
