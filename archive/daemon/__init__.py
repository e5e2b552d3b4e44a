"""The daemon that runs a collection's jobs, as others see it: its heartbeat, and what it keeps outside."""
