"""The watch language."""
