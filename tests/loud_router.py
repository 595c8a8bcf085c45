"""`tandem` that logs whatever any library would say to whoever debugs it, by `python -m tests.loud_router`."""

import logging

import uvicorn

from router.cli import app

if __name__ == "__main__":
    uvicorn.Config.configure_logging = lambda _self: None  # type: ignore[method-assign]
    logging.basicConfig(level=logging.DEBUG)
    app()
