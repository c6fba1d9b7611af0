"""The rules, pure: the parts of `centre`, which names the order in which they are asked."""
