"""What the room said, on the projector: charts and quotes to be read at eight metres."""
