"""What is to be done for the rows of a book, by what all partitions share."""

from services.messages import Alert, DeliveryState
from services.notifier.deliveries.planning import Plan, Settle, Wait, plan
from services.notifier.deliveries.shelf import Shelf
from services.notifier.deliveries.steps import Now
from services.notifier.deliveries.surroundings import Surroundings
from services.notifier.deliveries.wanted import Kinds, fresh_until, unsettled


class Planner:
    """Asks the rows of a partition. It changes nothing."""

    def __init__(self, shelf: Shelf, around: Surroundings) -> None:
        self._shelf = shelf
        self._around = around

    def plan(self, state: DeliveryState, now: Now) -> Plan:
        """Return what is to be done for a row now."""
        trouble = self._shelf.trouble(state)
        if trouble is not None and trouble.trouble == "off":
            return Settle(trouble.reason, outcome="off")
        if state.alert is None:
            return Settle()
        place = self._around.place(state.alert, state.to, self._shelf.last_digest(state))
        if place is not None:
            return plan(state, place, now)
        return self.without_place(state, state.alert, now)

    def without_place(self, state: DeliveryState, alert: Alert, now: Now) -> Settle | Wait:
        """Return what becomes of a row whose channel has no place in its alert."""
        why, until = self._around.why_nowhere(alert, state.to), fresh_until(state)
        may_come_back = self._around.may_come_back(alert, state.to)
        if may_come_back and until is not None and until > now.news:
            return Wait(until, why, is_ordered=False)
        missed = unsettled(state) if why else ()
        return Settle(why, skipped=missed, is_failure=True, is_nowhere=True)

    def kinds(self, state: DeliveryState) -> Kinds:
        """Return the kinds of change that the recipient of a row wants."""
        if state.alert is None:
            return ()
        place = self._around.place(state.alert, state.to, None)
        return place.recipient.when if place is not None else ()

    def is_in_digests(self, state: DeliveryState) -> bool:
        """Return True if the messages to the recipient of a row are collected."""
        place = state.alert and self._around.place(state.alert, state.to, None)
        return bool(place and place.in_digests)

    def is_nowhere(self, key: str) -> bool:
        """Return True if the channel of a row that waits has no place in its alert any more."""
        state = self._shelf.get(key)
        if state is None or state.alert is None:
            return False
        return self._around.place(state.alert, state.to, None) is None
