"""What the types are filled from: one release, the regions, the day."""
