"""From a sheet that people filled in to events that are stored: reading, checking, posting."""
