"""The adapters: one library for each module, each behind a port."""
