"""The settlements service: persons allocated, answered for, settled, corrected, withdrawn."""
