"""The requests service: the national need, official figures, requests to municipalities."""
