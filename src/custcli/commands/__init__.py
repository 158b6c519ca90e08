"""WORDS IN: one file a command: options, one service call, show."""
