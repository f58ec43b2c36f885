"""The watch language: parsing, checks, and evaluation of queries."""
