"""The JSON routes. Each module has one function that adds its routes; they are listed here."""

from collections.abc import Callable, Sequence

from fastapi import FastAPI

from services.api.desk import Desk

Add = Callable[[FastAPI, Desk], None]

RESOURCES: Sequence[Add] = ()
"""What adds routes, in the order of the API's description."""
