"""The checks of what the fast tier wrote: what they look at, each by itself, and the table of them."""
