"""The health of a collection: alarms, their history, and metrics, from the catalog."""
