"""Bosatt: event-sourced services that follow refugee settlement in Norway."""
