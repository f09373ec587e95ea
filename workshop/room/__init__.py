"""What the phones of the participants talk to."""
