"""Whether the crawls of a collection go as they went before: alarms, coverage, figures; reads the catalog alone."""
