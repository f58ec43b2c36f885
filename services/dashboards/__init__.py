"""The dashboards: one definition, written for Kibana, and drawn without one.

definition ─┬─► saved_objects ─► reportedly.ndjson     Kibana 9.0 and newer
            ├─► api_form ──────► one JSON a dashboard  Kibana 9.5 and newer
            └─► asking ─► Elasticsearch ─► page        a page of its own

All modules are pure.
"""
