"""How fast an engine is: by how many ask at once, how much they ask it to read, and how much it is to write."""
