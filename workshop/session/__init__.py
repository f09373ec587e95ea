"""What the room says and agrees."""
