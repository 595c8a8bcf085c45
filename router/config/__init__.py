"""Files that people write, read once at start: settings, policies, keys. Wrong ones are refused with line and column."""
