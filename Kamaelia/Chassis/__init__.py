"""Components that hold and wire other components."""
