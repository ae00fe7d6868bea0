"""Time, sinks and limits of time for components that don't keep them themselves."""
