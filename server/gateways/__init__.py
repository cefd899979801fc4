"""The outside world: one module a neighbour, each speaking that neighbour's protocol and nobody else's."""
