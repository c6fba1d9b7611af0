"""The processes and what passes between them: the parts of `shell`, `server` and `client`."""
