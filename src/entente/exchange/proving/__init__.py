"""How each can prove afterwards what was said: the tree, the keys, the two witnesses; the parts of `ledger`."""
