"""The ``data`` of every event type, strict: what a client may send.

Field names are those on the wire. A loaded document holds JSON values only, in the same form.
"""
