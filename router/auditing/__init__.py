"""The strong tier answers a random share of what the fast tier has answered, for the log alone: audits."""
