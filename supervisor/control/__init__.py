"""The control room: one instance for each config, and the socket through which it is asked."""
