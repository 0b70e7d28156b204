"""HTTP: the app factory, reading bodies, knowing the caller, health and metrics, serving."""
