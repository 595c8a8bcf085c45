"""Good and bad blocks, by which the checks of the gate are graded. Written without a look at how the checks work."""
