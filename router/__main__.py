"""`python -m router` is `tandem`."""

from router.cli import app

if __name__ == "__main__":
    app()
