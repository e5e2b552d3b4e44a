"""What the commands offer to the system around them: units of systemd, lines of crontab, completion in shells."""
