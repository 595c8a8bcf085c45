"""The adapter to inference engines, and how each kind of engine differs."""
