"""Floor 1: the journal remembers every step; it is audit trail, live feed, KPI source and event log."""
