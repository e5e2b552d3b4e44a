"""What a newspaper declares: layouts, rules, sections, provinces, and the schema that refuses faults."""
