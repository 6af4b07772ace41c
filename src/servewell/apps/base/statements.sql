-- name: put_outgoing
-- Writes a call into the outbox, and wakes who makes calls of its kind. Putting the same kind and key twice is one
-- call. The advisory lock makes the order of positions within an order key the order of commits, so that no later call
-- overtakes an earlier one.
with put as (
insert into base_outgoing (id, position, kind, key, order_key, payload, state, due_at, attempt, reason, created_at)
select %(id)s, nextval('base_outgoing_position_seq'), %(kind)s, %(key)s, %(order_key)s, %(payload)s::jsonb,
       'waiting', %(due_at)s, 0, '', %(now)s
from (select case when %(order_key)s <> ''
                  then pg_advisory_xact_lock(hashtextextended('outbox:' || %(order_key)s, 0)) end offset 0) as turn
on conflict (kind, key) do update set kind = excluded.kind
returning id, due_at)
select id, case when due_at <= %(now)s::timestamptz + interval '1 second'
                then pg_notify('servewell_outbox', %(kind)s)::text end
from put

-- name: claim_outgoing
-- The array is looked for once. `in (select ... skip locked)` may be looked for anew for each row, by the plan: then more
-- rows are claimed than the one that is told of.
-- Takes the next due call under a lease. Of calls with the same order key only the first unsettled one may go.
-- Rows another worker is just taking are skipped; a lease that ran out may be taken over.
update base_outgoing as o
set claim = %(claim)s,
    attempt = o.attempt + 1,
    lease_until = %(now)s + make_interval(secs => coalesce((%(leases)s::jsonb ->> o.kind)::float, 60))
where o.id = any (array(
    select w.id
    from base_outgoing as w
    where w.state = 'waiting'
      and w.due_at <= %(now)s
      and (w.lease_until is null or w.lease_until <= %(now)s)
      and w.kind = any(%(kinds)s)
      and (w.order_key = '' or not exists (
          select 1 from base_outgoing as e
          where e.state = 'waiting' and e.order_key = w.order_key and e.position < w.position))
    order by w.due_at, w.position
    limit 1
    for update skip locked))
returning o.id, o.kind, o.key, o.payload, o.attempt

-- name: settle_outgoing
-- Ends a call, done or parked. Counts zero when the lease ran out and another worker took the row over.
update base_outgoing
set state = %(state)s, settled_at = %(now)s, claim = null, lease_until = null, reason = %(reason)s
where id = %(id)s and claim = %(claim)s and state = 'waiting'

-- name: postpone_outgoing
-- Gives a failed call back for a later try. Counts zero as above.
update base_outgoing
set due_at = %(due_at)s, claim = null, lease_until = null, reason = %(reason)s
where id = %(id)s and claim = %(claim)s and state = 'waiting'

-- name: put_outgoing_off
-- Gives a call back that was not made; it costs no attempt. Its payload gets a note. Counts zero as above.
update base_outgoing
set due_at = %(due_at)s, claim = null, lease_until = null, attempt = attempt - 1, payload = payload || %(note)s::jsonb
where id = %(id)s and claim = %(claim)s and state = 'waiting'

-- name: set_timer
-- Sets or replaces the timer of this kind for this subject, and wakes who looks for timers when it is due at once. A
-- new id tells a worker who read the old row that its due moment is no longer wanted.
with made as (
    insert into base_timer (id, kind, subject, due_at, try_at, payload, attempt, reason)
    values (%(id)s, %(kind)s, %(subject)s, %(due_at)s, %(due_at)s, %(payload)s::jsonb, 0, '')
    on conflict (kind, subject) do update
    set id = excluded.id, due_at = excluded.due_at, try_at = excluded.try_at, payload = excluded.payload,
        attempt = 0, reason = ''
    returning due_at)
select pg_notify('servewell_timers', '') from made where due_at <= %(now)s::timestamptz + interval '1 second'

-- name: claim_timer
-- Finds the next due timer that no other worker is at. What is locked is not its row but a number that only workers
-- lock, until the end of the transaction: a verb that has locked the timer's object and now sets or cancels the timer
-- must not wait for a worker that waits for that object. More than one is looked at, since others may have the first.
select id from (
    select id from base_timer
    where try_at <= %(now)s and kind = any(%(kinds)s)
    order by try_at, id
    limit 100) as due
where pg_try_advisory_xact_lock(hashtextextended('timer:' || id, 0))
limit 1

-- name: read_timer
-- Reads a claimed timer, with a fresh look: who had it before us may have fired it since we looked for it.
select kind, subject, due_at, payload, attempt
from base_timer
where id = %(id)s and try_at <= %(now)s

-- name: take_timer
-- Removes a claimed timer, after its handler has locked what it is about. Counts zero when somebody cancelled or
-- replaced it meanwhile.
delete from base_timer where id = %(id)s

-- name: put_timer_off
-- Lets a timer whose handler failed (and was rolled back) come back later, if it is still the same one.
update base_timer set try_at = %(try_at)s, attempt = %(attempt)s, reason = %(reason)s where id = %(id)s

-- name: claim_answer
-- Reserves an Idempotency-Key. A second request with the same key waits here until the first has ended;
-- it then finds no row inserted (the first answered) or inserts itself (the first failed and left nothing).
insert into base_givenanswer (principal, key, fingerprint, created_at)
values (%(principal)s, %(key)s, %(fingerprint)s, %(now)s)
on conflict (principal, key) do nothing
