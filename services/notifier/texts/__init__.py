"""What recipients read: letters composed of alerts, as plain text and as HTML. Pure."""
