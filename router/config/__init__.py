"""Files that people write, read at start: settings, policies, keys. Mistakes are refused with line and column."""
