"""GraphQL over HTTP: what a request holds, and how it is answered."""
