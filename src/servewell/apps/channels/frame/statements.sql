-- name: store_arrivals
-- Keeps what arrived by an account: of each that is new its own row and that of its bytes, all in one statement; tells
-- the account that something came, at most once a second, and wakes whoever reads, once. Gives what was new. They are
-- written in the order of their places, so that two who bring the same wait for each other one way only.
with brought as materialized (
    select * from unnest(%(ids)s::uuid[], %(external_ids)s::text[], %(abouts)s::text[], %(raws)s::uuid[],
                         %(hashes)s::text[], %(names)s::text[], %(media_types)s::text[], %(sizes)s::bigint[])
        as b (id, external_id, about, raw, sha256, name, media_type, size)),
fresh as (
    insert into channels_arrival (id, account_id, external_id, raw_id, size, state, outcome, words, attempt, try_at,
                                  about, arrived_at)
    select id, %(account)s, external_id, raw, size, 'waiting', '', '', 0, %(now)s, about, %(now)s
    from brought
    order by external_id, id
    on conflict (account_id, external_id) where external_id <> '' do nothing
    returning id, raw_id),
kept as (
    insert into base_attachment (id, sha256, name, media_type, size, uploader, created_at)
    select raw, sha256, name, media_type, size, null, %(now)s
    from brought where raw in (select raw_id from fresh)),
seen as (
    update channels_account set last_in_at = %(now)s
    where id = %(account)s and (last_in_at is null or last_in_at < %(now)s::timestamptz - interval '1 second')
      and exists (select 1 from fresh))
select id, pg_notify('servewell_channels', 'arrival')::text from fresh

-- name: claim_arrivals
-- Takes the next due arrivals of one account under a lease: the first, and those behind it that nobody has tried yet.
-- Of each account only the first due one may begin, and none while others of the account are being read: so they are
-- read in their order. One that was tried before is taken alone: if it kills its reader, the others are not held to have
-- done it. A paused account's wait; a removed one's are read still. A lease that ran out (its worker died) may be taken
-- over. Counts the attempt.
with head as materialized (
    select w.id, w.account_id, w.attempt from channels_arrival as w
    where w.state = 'waiting' and w.try_at <= %(now)s and (w.lease_until is null or w.lease_until <= %(now)s)
      and w.id = any (array(
        select head.id
        from channels_account as one
        cross join lateral (
            select h.id from channels_arrival as h
            where h.account_id = one.id and h.state = 'waiting' and h.try_at <= %(now)s and h.raw_id is not null
            order by h.id limit 1) as head
        where (one.state = 'active' or one.removed_at is not null)
          and not exists (
            select 1 from channels_arrival as l
            where l.account_id = one.id and l.state = 'waiting' and l.lease_until > %(now)s)))
    order by w.try_at, w.id
    limit 1
    for update skip locked),
behind as (
    select next.id
    from head
    cross join lateral (
        select h.id, bool_and(h.attempt = 0) over (order by h.id) as is_untried
        from channels_arrival as h
        where h.account_id = head.account_id and h.state = 'waiting' and h.try_at <= %(now)s and h.raw_id is not null
          and h.id > head.id
        order by h.id limit %(most)s - 1) as next
    where head.attempt = 0 and next.is_untried)
update channels_arrival as r
set claim = %(claim)s, attempt = r.attempt + 1, lease_until = %(now)s::timestamptz + make_interval(secs => %(lease_s)s)
from channels_account as a, base_attachment as b
where a.id = r.account_id and b.id = r.raw_id and r.state = 'waiting'
  and (r.lease_until is null or r.lease_until <= %(now)s)
  and r.id = any (array(select id from head union all select id from behind))
returning r.*, b.sha256 as raw_sha256, a.version as account_version

-- name: give_arrivals_back
-- Gives arrivals back that were claimed and not begun: as if they had not been.
update channels_arrival
set claim = null, lease_until = null, attempt = attempt - 1
where id = any(%(ids)s::uuid[]) and claim = %(claim)s and state = 'waiting'

-- name: settle_arrival
-- Says what became of an arrival, and whose it is: the message that it is, or tells of, says that. Counts zero when its
-- lease ran out and another worker took it over, or a person settled it.
update channels_arrival
set state = %(state)s, outcome = %(outcome)s, words = %(words)s, settled_at = %(now)s, claim = null, lease_until = null,
    (message_id, conversation_id, author_id, customer_id) = (
        select m.id, c.id, case when m.author_kind = 'customer' then m.author end, c.customer_id
        from conversations_message as m join conversations_conversation as c on c.id = m.conversation_id
        where m.id = %(message)s::uuid)
where id = %(id)s and claim = %(claim)s and state = 'waiting'
returning 1

-- name: postpone_arrival
-- Gives an arrival back for a later try; the attempt may not count. Counts zero as above.
update channels_arrival
set try_at = %(try_at)s, attempt = case when %(counts)s then attempt else greatest(attempt - 1, 0) end,
    words = %(words)s, claim = null, lease_until = null
where id = %(id)s and claim = %(claim)s and state = 'waiting'

-- name: retry_arrivals
-- Lets what was set aside of an account be read again, oldest first, as far as its bytes are kept. Skips what somebody
-- has just now.
update channels_arrival
set state = 'waiting', outcome = '', words = '', attempt = 0, try_at = %(now)s, settled_at = null
where id = any (array(
    select id from channels_arrival
    where account_id = %(account)s and state = 'aside' and raw_id is not null
    order by id limit %(most)s
    for update skip locked))
returning id

-- name: came_in
-- Something came by an account that keeps nothing raw; at most once a second.
update channels_account set last_in_at = %(now)s
where id = %(account)s and (last_in_at is null or last_in_at < %(now)s::timestamptz - interval '1 second')

-- name: works
-- An account works: noted when it failed before, or the last look is half a minute old. Gives since when it had failed.
update channels_account as a
set checked_at = %(now)s, failing_since = null, fault = '', fault_words = ''
from (
    select id, failing_since from channels_account
    where id = %(account)s
      and (failing_since is not null or checked_at is null or checked_at < %(now)s::timestamptz - interval '30 seconds')
    for update) as before
where a.id = before.id
returning before.failing_since

-- name: fails
-- An account does not work: noted when that is news, or the last look is half a minute old. Gives since when it fails
-- already, null when it did not.
update channels_account as a
set checked_at = %(now)s, failing_since = coalesce(before.failing_since, %(now)s), fault = %(fault)s,
    fault_words = %(words)s
from (
    select id, failing_since from channels_account
    where id = %(account)s
      and (failing_since is null or fault <> %(fault)s or fault_words <> %(words)s or checked_at is null
           or checked_at < %(now)s::timestamptz - interval '30 seconds')
    for update) as before
where a.id = before.id
returning before.failing_since

-- name: hurry_calls
-- Lets what waits to go out by an account be tried at once, unless somebody is at it.
update base_outgoing set due_at = %(now)s
where id = any (array(
    select o.id
    from base_outgoing as o
    join conversations_message as m on m.id = (o.payload ->> 'message')::uuid
    join conversations_conversation as c on c.id = m.conversation_id
    where o.kind = %(kind)s and o.state = 'waiting' and o.claim is null and o.due_at > %(now)s
      and c.account = %(account)s
    order by o.position
    for update of o skip locked))

-- name: put_calls_off
-- Lets what waits to go out by an account wait until then at least, unless somebody is at it.
update base_outgoing set due_at = %(until)s
where id = any (array(
    select o.id
    from base_outgoing as o
    join conversations_message as m on m.id = (o.payload ->> 'message')::uuid
    join conversations_conversation as c on c.id = m.conversation_id
    where o.kind = %(kind)s and o.state = 'waiting' and o.claim is null and o.due_at < %(until)s
      and c.account = %(account)s
    order by o.position
    for update of o skip locked))

-- name: default_account
-- By which account does a conversation go that one of us began? Of the channels that speak its way: its team's account,
-- else one of no team, else the first; such as are active before paused ones.
select * from channels_account
where channel = any(%(channels)s) and removed_at is null
order by state = 'active' desc, coalesce(team_id = %(team)s::uuid, false) desc, team_id is null desc, id
limit 1

-- name: identities
-- What a customer can be reached by: of each kind the surest, over all records that were merged.
select distinct on (i.kind) i.kind, i.shown
from customers_customer as c
join customers_customer as f on f.root_id = c.root_id
join customers_identity as i on i.customer_id = f.id
where c.id = %(customer)s
order by i.kind, i.verified_at is null, i.last_seen_at desc, i.id

-- name: next_turn
-- Reserves the next moment for a message of an account: never before now, `ahead_s` before the schedule at most.
insert into channels_pace as p (account_id, scheduled_at)
values (%(account)s, %(now)s::timestamptz + make_interval(secs => %(apart_s)s::float))
on conflict (account_id) do update
set scheduled_at = greatest(p.scheduled_at, %(now)s::timestamptz) + make_interval(secs => %(apart_s)s::float)
returning greatest(%(now)s::timestamptz,
                   scheduled_at - make_interval(secs => %(apart_s)s::float + %(ahead_s)s::float))

-- name: give_account
-- Remembers by which account a conversation goes that had none.
update conversations_conversation set account = %(account)s where id = %(conversation)s and account is null

-- name: note_sent
-- An account sent something: shown as its last; at most once a second.
update channels_account set last_out_at = %(now)s
where id = %(account)s and (last_out_at is null or last_out_at < %(now)s::timestamptz - interval '1 second')

-- name: reply_account
-- By what a reply goes: the conversation's account and source.
select account, source from conversations_conversation where id = %(conversation)s

-- name: backlogs
-- What lies at all accounts, each figure up to a limit: messages to go out, arrivals to be read, arrivals set aside; and
-- to how many addresses their automatic answers are stopped just now, since when.
select a.id,
       coalesce(o.calls, 0),
       (select count(*) from (select 1 from channels_arrival as r
                              where r.account_id = a.id and r.state = 'waiting' limit %(most)s) as w),
       (select count(*) from (select 1 from channels_arrival as r
                              where r.account_id = a.id and r.state = 'aside' limit %(most)s) as s),
       coalesce(n.addresses, 0),
       n.since
from channels_account as a
left join (
    select c.account, count(*) as calls
    from (select payload ->> 'message' as message from base_outgoing
          where kind = %(kind)s and state = 'waiting' limit %(most)s * 10) as w
    join conversations_message as m on m.id = w.message::uuid
    join conversations_conversation as c on c.id = m.conversation_id
    group by c.account) as o on o.account = a.id
left join (
    select stopped_by, count(*) as addresses, min(stopped_at) as since
    from channels_answercount
    where began_at > %(since)s and stopped_at is not null
    group by stopped_by) as n on n.stopped_by = a.id
where a.removed_at is null

-- name: count_answer
-- Counts one more automatic answer to an address; an hour after the first the count begins anew. Keeps by which account
-- the first came that was too many, and when.
insert into channels_answercount as c (mark, began_at, answers) values (%(mark)s, %(now)s, 1)
on conflict (mark) do update
set began_at = case when c.began_at <= %(since)s then excluded.began_at else c.began_at end,
    answers = case when c.began_at <= %(since)s then 1 else c.answers + 1 end,
    stopped_by = case when c.began_at > %(since)s and c.answers >= %(most)s
                      then coalesce(c.stopped_by, %(account)s::uuid) end,
    stopped_at = case when c.began_at > %(since)s and c.answers >= %(most)s
                      then coalesce(c.stopped_at, %(now)s) end
returning answers
