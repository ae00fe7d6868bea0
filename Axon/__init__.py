"""The kernel: components, boxes, linkages and the scheduler that steps them."""
