"""The scratch room: one private directory for each run's temporary files, measured and removed."""
