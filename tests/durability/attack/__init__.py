"""An hour of attacks on a daemon."""
