"""`python -m servewell.site.cli` is `servewell`."""

from servewell.site.cli import main

if __name__ == "__main__":
    main()
