"""Memento (RFC 7089): TimeGate, TimeMaps, and the stored bytes of captures."""
