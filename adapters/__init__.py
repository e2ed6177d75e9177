"""Chat platforms: each adapter reports `Inbound` and shows views."""
