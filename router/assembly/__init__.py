"""Parts of the router, each put together from the settings. `bootstrap` joins them."""
