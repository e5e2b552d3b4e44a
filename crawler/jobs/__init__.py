"""Scheduled crawls: the schedule, the daemon that runs it, units for systemd and cron, notifiers."""
