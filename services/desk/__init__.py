"""What a person sees of documents and messages, for the API, the console, and commands. Pure."""
