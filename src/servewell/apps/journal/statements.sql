-- name: record_events
-- As `record_event`, for several of one conversation at once, and for some before them that are of none: the row between
-- the marks stands for each, `'n'` for its place (from 1 on in the conversation, below it for those of none), and
-- `'many'` for how many are the conversation's (`actions._several`).
with turn as (
    insert into journal_case as c (conversation, last_seq, last_recorded_at)
    select %(conversation)s::uuid, 'many', %(now)s::timestamptz
    where %(conversation)s::uuid is not null
    on conflict (conversation) do update
    set last_seq = c.last_seq + 'many', last_recorded_at = greatest(c.last_recorded_at, excluded.last_recorded_at)
    returning last_seq, last_recorded_at
), told (n, id, occurred_at, customer, activity, lifecycle, actor_kind, actor, team, channel, contact_type, sentiment,
         flow, version, element, amount, attributes) as (values /* row */
    ('n', %(id_n)s::uuid, %(occurred_at_n)s::timestamptz, %(customer_n)s::uuid, %(activity_n)s::text,
     %(lifecycle_n)s::text, %(actor_kind_n)s::text, %(actor_n)s::uuid, %(team_n)s::uuid, %(channel_n)s::text,
     %(contact_type_n)s::text, %(sentiment_n)s::text, %(flow_n)s::text, %(version_n)s::integer, %(element_n)s::text,
     %(amount_n)s::bigint, %(attributes_n)s::jsonb) /* row */
)
insert into journal_event (
    id, occurred_at, recorded_at, conversation, seq, customer, activity, lifecycle, actor_kind, actor, team, channel,
    contact_type, sentiment, flow, version, element, amount, attributes)
select told.id, coalesce(told.occurred_at, turn.last_recorded_at, %(now)s::timestamptz),
       coalesce(turn.last_recorded_at, %(now)s::timestamptz), case when told.n > 0 then %(conversation)s::uuid end,
       case when told.n > 0 then turn.last_seq - 'many' + told.n end,
       customer, activity, lifecycle, actor_kind, actor, team, channel, contact_type, sentiment, flow, version, element,
       amount, attributes
from told left join turn on true
order by told.n
returning id, seq, occurred_at, recorded_at

-- name: record_event
-- Numbers an event within its conversation and writes it, in one statement. The counter's row stays locked until
-- the transaction ends, so the next event of the conversation waits and its number is higher; for the same reason
-- `recorded_at` cannot run backwards within a conversation, whatever the clocks of several machines say.
with turn as (
    insert into journal_case as c (conversation, last_seq, last_recorded_at)
    select %(conversation)s::uuid, 1, %(now)s::timestamptz
    where %(conversation)s::uuid is not null
    on conflict (conversation) do update
    set last_seq = c.last_seq + 1, last_recorded_at = greatest(c.last_recorded_at, excluded.last_recorded_at)
    returning last_seq, last_recorded_at
)
insert into journal_event (
    id, occurred_at, recorded_at, conversation, seq, customer, activity, lifecycle, actor_kind, actor, team, channel,
    contact_type, sentiment, flow, version, element, amount, attributes)
select %(id)s, coalesce(%(occurred_at)s::timestamptz, turn.last_recorded_at, %(now)s),
       coalesce(turn.last_recorded_at, %(now)s), %(conversation)s, turn.last_seq, %(customer)s, %(activity)s,
       %(lifecycle)s, %(actor_kind)s, %(actor)s, %(team)s, %(channel)s, %(contact_type)s, %(sentiment)s, %(flow)s,
       %(version)s, %(element)s, %(amount)s, %(attributes)s::jsonb
from (select 1) as once left join turn on true
returning seq, occurred_at, recorded_at

-- name: advance_counters
-- Takes as many numbers as each conversation of a batch needs; returns the last one of each. In the order of
-- ids, so that two loads cannot wait for each other.
insert into journal_case as c (conversation, last_seq, last_recorded_at)
select t.conversation, t.events, t.recorded_at
from unnest(%(conversations)s::uuid[], %(events)s::bigint[], %(recorded)s::timestamptz[])
    as t (conversation, events, recorded_at)
order by t.conversation
on conflict (conversation) do update
set last_seq = c.last_seq + excluded.last_seq,
    last_recorded_at = greatest(c.last_recorded_at, excluded.last_recorded_at)
returning conversation, last_seq

-- name: copy_events
-- Brings many events in at once.
copy journal_event (
    id, occurred_at, recorded_at, conversation, seq, customer, activity, lifecycle, actor_kind, actor, team, channel,
    contact_type, sentiment, flow, version, element, amount, attributes)
from stdin

-- name: erase_customer
-- Takes a customer's id out of every event, of theirs and by them; returns the months touched and how many events.
with touched as (
    update journal_event
    set customer = nullif(customer, %(customer)s::uuid),
        actor = case when actor_kind = 'customer' then nullif(actor, %(customer)s::uuid) else actor end
    where customer = %(customer)s or (actor_kind = 'customer' and actor = %(customer)s)
    returning occurred_at
)
select date_trunc('month', occurred_at at time zone 'UTC')::date, count(*) from touched group by 1

-- name: close_month
-- From now on late events of this month are noted. The lock waits for those who are writing into the month, and
-- who comes after it sees the row: the trigger asks for it while it holds its own lock on the partition.
insert into journal_lakemonth (month, generation, events, stale) values (%(month)s, 0, 0, false)
on conflict (month) do nothing

-- name: months_with_events
-- The months that have a partition with rows in it, oldest first, taken from the partitions' bounds.
select (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''([^'']+)''\)'))[1]::timestamptz, c.relname
from pg_inherits as i join pg_class as c on c.oid = i.inhrelid
where i.inhparent = 'journal_event'::regclass
order by 1

-- name: lake_months
-- What the lake holds, and whether it must be written again.
select m.month, m.generation, m.events, m.stale or exists (
    select 1 from journal_late as l
    where l.occurred_at >= m.month::timestamp at time zone 'UTC'
      and l.occurred_at < (m.month + interval '1 month') at time zone 'UTC')
from journal_lakemonth as m
order by m.month

-- name: month_written
-- The new generation counts from this commit on; what it brought is no longer late. In a repeatable read
-- transaction this takes exactly the late events that the file holds.
update journal_lakemonth
set generation = %(generation)s, events = %(events)s, stale = false, written_at = %(now)s
where month = %(month)s

-- name: no_longer_late
-- See month_written.
delete from journal_late where occurred_at >= %(first)s and occurred_at < %(after)s
