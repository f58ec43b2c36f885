"""FOLD: reports in, living claims out."""
