"""Who is calling: a port, and the local issuer behind it."""
