"""Views of findings and outcomes: terminal and JSON."""
