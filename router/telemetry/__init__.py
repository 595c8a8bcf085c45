"""What is told to the outside about requests, all of it read off their records."""
