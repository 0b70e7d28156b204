"""What may be asked for, checked before the work is done."""
