"""From a text to an answer: read, validated, executed, kept."""
