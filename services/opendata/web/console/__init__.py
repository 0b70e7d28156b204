"""The query console: GraphiQL with its parts from an installed package, and examples to begin with."""
