"""What a party's own policy lets out, how coarse and how late: the parts of `release`."""
