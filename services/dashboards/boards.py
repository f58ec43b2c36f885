"""All dashboards, and what they are made of."""

from services.dashboards.definition import Chart, Dashboard, Listing, Map
from services.dashboards.operations import OPERATIONS
from services.dashboards.situation import SITUATION
from services.dashboards.sources import SOURCES

DASHBOARDS: tuple[Dashboard, ...] = (SITUATION, SOURCES, OPERATIONS)

_PANELS = [panel for board in DASHBOARDS for _, panel in board.panels]
CHARTS = tuple(panel for panel in _PANELS if isinstance(panel, Chart))
MAPS = tuple(panel for panel in _PANELS if isinstance(panel, Map))
LISTINGS = tuple(panel for panel in _PANELS if isinstance(panel, Listing))
