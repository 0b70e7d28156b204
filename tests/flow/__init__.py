"""The whole chain, from a post to the totals, under every fault that can be thought of."""
