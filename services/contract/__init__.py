"""What the services agree on: event types, envelope, facts in force, regions, code lists.

Plain functions and small data classes. Nothing here opens a file at run time other than the
region registry, and nothing knows of HTTP, SQL or a log.
"""
