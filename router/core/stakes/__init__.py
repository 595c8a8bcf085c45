"""The named rules about stakes: tables of words and the grammar that reads them. Pure; no I/O, no clock."""
