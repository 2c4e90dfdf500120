"""The pool room: how many tool calls run at once, and who waits for whom."""
