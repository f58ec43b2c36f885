"""Read: claims, alerts, and articles over HTTP."""
