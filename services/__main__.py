"""`python -m services` is the console entry `reportedly`."""

from services.cli import main

if __name__ == "__main__":
    main()
