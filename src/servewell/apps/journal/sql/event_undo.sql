-- Takes away what event.sql made.
drop table journal_event;
drop function journal_ensure_month(timestamptz);
drop function journal_recorded();
drop function journal_refuse();
