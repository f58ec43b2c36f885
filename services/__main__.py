"""`python -m services` is the console command `reportedly`."""

from services.cli import main

if __name__ == "__main__":
    main()
