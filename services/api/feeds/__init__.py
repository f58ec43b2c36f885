"""Alerts and claims as feeds: Atom, JSON Feed, and CAP. All but `routes` is pure."""
