"""Stand-ins for the services that alerts go to: HTTP servers on loopback that show what people see.

Each refuses what the published interface of its service refuses; its docstring names the version.
"""
