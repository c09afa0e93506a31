"""`python -m modelpromote` is `promote`."""

from modelpromote.app import main

if __name__ == "__main__":
    main()
