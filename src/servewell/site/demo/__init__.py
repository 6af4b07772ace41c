"""A made-up shop: ninety days of service with three faults planted in it, so that there is something to find."""
