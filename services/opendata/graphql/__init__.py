"""The GraphQL face of the open data."""
