"""The console: text of the language in, results out, on an engine in this process or on a server."""
