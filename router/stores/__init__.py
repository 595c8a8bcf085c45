"""Where things are kept between requests: adapters of the ports `Memory` and others."""
