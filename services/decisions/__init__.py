"""The decisions service: what municipalities decide and how they share it among districts."""
