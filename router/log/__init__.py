"""The decision log as files: how they are named, closed and bounded, and the one place that reads them."""
