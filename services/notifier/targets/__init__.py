"""One module a service that alerts are sent to. All pass `tests/conformance/test_targets.py`."""
