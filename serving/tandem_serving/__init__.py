"""What launches, checks, measures and imitates the engines. Nothing that serves a request imports it."""
