-- The journal's table, its partitions and its guards. Run once, by the first migration.

create table journal_event (
    id uuid not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    conversation uuid,
    seq bigint,
    customer uuid,
    activity text not null,
    lifecycle text not null,
    actor_kind text not null,
    actor uuid,
    team uuid,
    channel text,
    contact_type text,
    sentiment text,
    flow text,
    version integer,
    element text,
    amount bigint,
    attributes jsonb,
    primary key (id, occurred_at),
    check ((conversation is null) = (seq is null))
) partition by range (occurred_at);

create index journal_event_case on journal_event (conversation, seq);

-- Makes the partition of a month (UTC) unless it is there. The table is made apart and then attached: attaching does
-- not wait for those who are writing to the journal, as `create table ... partition of` would. The lock, which writers
-- do not meet, lets one of several processes make it while the others wait; unlike an advisory lock it also makes them
-- see the new table in the catalogue afterwards.
create function journal_ensure_month(moment timestamptz) returns void language plpgsql as $$
declare
    first timestamp := date_trunc('month', moment at time zone 'UTC');
    name text := 'journal_event_' || to_char(first, 'YYYY_MM');
begin
    if to_regclass(name) is not null then
        return;
    end if;
    lock table journal_event in share update exclusive mode;
    if to_regclass(name) is not null then
        return;
    end if;
    execute format('create table %I (like journal_event including constraints)', name);
    execute format(
        'create trigger untruncated before truncate on %I for each statement execute function journal_refuse()', name);
    execute format(
        'alter table journal_event attach partition %I for values from (%L) to (%L)',
        name, first at time zone 'UTC', (first + interval '1 month') at time zone 'UTC');
end
$$;

-- After each statement that records: events of months the lake already holds are noted as late; then one NOTIFY tells
-- the processes that listen. Up to ten events are in the message itself, more only as a number.
-- `set local servewell.quiet = on` (imports) keeps the NOTIFY back.
create function journal_recorded() returns trigger language plpgsql as $$
declare
    message text;
begin
    insert into journal_late (event, occurred_at)
    select r.id, r.occurred_at
    from recorded as r
    join journal_lakemonth as m on m.month = date_trunc('month', r.occurred_at at time zone 'UTC')::date;
    if current_setting('servewell.quiet', true) is distinct from 'on' then
        select case when count(*) > 10 then json_build_object('many', (select count(*) from recorded))
                    else json_agg(f) end
        into message
        from (
            select id, seq, conversation, team, coalesce(element, activity) as activity,
                   to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as occurred_at
            from recorded
            limit 11) as f;
        if message is not null then
            perform pg_notify('servewell_journal', message);
        end if;
    end if;
    return null;
end
$$;

create trigger recorded after insert on journal_event
    referencing new table as recorded for each statement execute function journal_recorded();

-- The journal is append-only. Only erasure, which says so for its own transaction, may change it.
create function journal_refuse() returns trigger language plpgsql as $$
begin
    if current_setting('servewell.erasing', true) is distinct from 'on' then
        raise exception 'the journal is append-only: % refused', lower(tg_op) using errcode = 'insufficient_privilege';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end
$$;

create trigger unchanged before update or delete on journal_event for each row execute function journal_refuse();
create trigger untruncated before truncate on journal_event for each statement execute function journal_refuse();

select journal_ensure_month(now() + make_interval(months => ahead)) from generate_series(-1, 3) as ahead;
