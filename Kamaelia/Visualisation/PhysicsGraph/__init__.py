"""Text commands for a drawing of a graph, split into lines and words."""
