"""Run the command line with ``python -m workshop``."""

from workshop.cli import main

if __name__ == "__main__":
    main()
