"""The JSON routes. Each module has one function that adds its routes; they are listed here."""

from collections.abc import Callable, Sequence

from fastapi import FastAPI

from services.api.desk import Desk
from services.api.resources.alerts import add_alert_orders
from services.api.resources.claims import add_claims
from services.api.resources.pipeline import add_pipeline_routes
from services.api.resources.sources import add_sources
from services.api.resources.tokens import add_tokens
from services.api.resources.verdicts import add_verdicts
from services.api.resources.watches import add_watches

Add = Callable[[FastAPI, Desk], None]

RESOURCES: Sequence[Add] = (
    add_watches,
    add_tokens,
    add_claims,
    add_alert_orders,
    add_sources,
    add_pipeline_routes,
    add_verdicts,
)
"""What adds routes, in the order of the API's description."""
