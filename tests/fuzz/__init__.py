"""Hostile input: nothing that comes in breaks more than itself."""
