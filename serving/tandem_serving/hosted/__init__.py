"""`tandem hosted`: models of other companies, called through litellm in a process that holds nothing but their keys.

The router speaks plain OpenAI to it, so anything that does the same may stand in its place. litellm has one door here,
`providers`, and nothing else in this package, and nothing in the router, imports it.
"""
