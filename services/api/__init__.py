"""READ: claims, alerts, and articles over HTTP."""
