"""From bytes to a message that can be so: `messages` and `signing` say what it is, these whether it may stand."""
