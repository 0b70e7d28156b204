"""One port for all services: hands requests on, and tells of the whole."""
