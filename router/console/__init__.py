"""Pages for people, on the admin listener: what the router decides, and why. Nothing here is on the path of a request,
and nothing of it is loaded before somebody looks."""
