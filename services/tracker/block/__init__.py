"""The state of a block: its articles and stubs, what each message changes, and the claims that it publishes."""
