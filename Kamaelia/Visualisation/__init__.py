"""What feeds drawings of graphs. The drawings themselves need a toolkit."""
