-- name: current
-- The conversation of a thread, and where it goes on when it was merged; the name of whoever has it
-- (the team's for who has none: the name to sign in by is nobody's business). How far we have
-- read: the highest mark of anybody of us. A blocked customer's many are shown as the one they had when they were
-- blocked, else as their first since.
with recursive chain (id, merged_into_id, own, own_customer) as (
    select id, merged_into_id, id, customer_id from conversations_conversation
    where source = %(source)s and external_id = %(thread)s and external_id <> ''
    union
    select c.id, c.merged_into_id, chain.own, chain.own_customer
    from conversations_conversation as c join chain on c.id = chain.merged_into_id
)
select c.id, chain.own, coalesce(held.number, c.number), c.source, c.status, c.team_id,
       coalesce(held.created_at, c.created_at), c.closed_at, c.solved_at, c.messages,
       c.waiting_since, c.first_reply_at, c.assignee_id, case when u.id is not null then coalesce(nullif(u.name, ''), t.name, '') end,
       coalesce((select max(position) from conversations_readmark as r where r.conversation_id = c.id), 0),
       k.blocked_at is not null and (k.blocked_until is null or k.blocked_until > %(now)s), c.customer_id,
       chain.own_customer, own.root_id is not distinct from k.id,
       coalesce(held.id, c.id)
from chain
join conversations_conversation as c on c.id = chain.id
join customers_customer as k0 on k0.id = c.customer_id
join customers_customer as k on k.id = k0.root_id
left join customers_customer as own on own.id = chain.own_customer
left join people_user as u on u.id = c.assignee_id
left join people_team as t on t.id = c.team_id
left join lateral (
    select h.id, h.number, h.created_at from conversations_conversation as h
    where k.blocked_at is not null and (k.blocked_until is null or k.blocked_until > %(now)s)
      and h.customer_id = c.customer_id and h.source = %(source)s
    order by h.created_at > k.blocked_at, case when h.created_at <= k.blocked_at then h.created_at end desc,
             h.created_at, h.id
    limit 1
) as held on true
where chain.merged_into_id is null

-- name: ahead
-- How many conversations of the team wait for somebody longer than this one: new ones, and such as the customer wrote to
-- again, that nobody has. The index of the inbox serves both halves (of a team, of none). Nobody needs to know more
-- than that it is a hundred: a long queue does not make every page's question long.
select
    (select count(*) from (select from conversations_conversation as c
     where c.team_id = %(team)s::uuid
       and (coalesce(c.waiting_since, 'infinity'), c.id) < (%(since)s::timestamptz, %(conversation)s::uuid)
       and c.status in ('open', 'waiting_us', 'waiting_customer') and c.status <> 'waiting_customer'
       and c.merged_into_id is null and c.snoozed_until is null and c.assignee_id is null
     limit 100) as few)
  + (select count(*) from (select from conversations_conversation as c
     where %(team)s::uuid is null and c.team_id is null
       and (coalesce(c.waiting_since, 'infinity'), c.id) < (%(since)s::timestamptz, %(conversation)s::uuid)
       and c.status in ('open', 'waiting_us', 'waiting_customer') and c.status <> 'waiting_customer'
       and c.merged_into_id is null and c.snoozed_until is null and c.assignee_id is null
     limit 100) as few)

-- name: taken_up
-- How many conversations of the team were taken up since a moment. Ids begin with their time, so the floor keeps the
-- search to the newest part of the journal.
select count(*) from journal_event as e
where e.id >= %(floor)s::uuid and e.occurred_at > %(since)s::timestamptz
  and e.activity = 'conversation.assigned' and e.team is not distinct from %(team)s::uuid

-- name: written
-- What came of a visitor's message: where it stands, that something came by the account (noted once a second), and, in
-- another conversation than before, that this and its writer are the visitor's, of which their pages are told. That the
-- writer is theirs is noted for the thread's other devices too; one that is written to just now notes it itself.
with m as (
    select position, created_at, author from conversations_message where id = %(message)s::uuid
), a as (
    update channels_account set last_in_at = %(now)s::timestamptz
    where id = %(account)s::uuid
      and (last_in_at is null or last_in_at < %(now)s::timestamptz - interval '1 second')
), v as (
    update channels_webchat_visitor as v
    set conversation_id = %(conversation)s::uuid, customer_id = m.author, read_position = 0, typed = %(typed)s::jsonb
    from m
    where v.id = %(visitor)s::uuid and v.conversation_id is distinct from %(conversation)s::uuid
    returning v.id
), o as (
    update channels_webchat_visitor as o
    set customer_id = m.author
    from m
    where o.id = any (array(
        select d.id from channels_webchat_visitor as d
        where d.account_id = %(account)s::uuid and d.thread = %(thread)s::text and d.id <> %(visitor)s::uuid
          and d.customer_id is null
        for update skip locked
    ))
), t as (
    select pg_notify(%(channel)s::text, %(told)s::text) from v
)
select m.position, m.created_at, m.author,
       k.blocked_at is not null and (k.blocked_until is null or k.blocked_until > %(now)s::timestamptz),
       (select count(*) from t)
from m left join customers_customer as k0 on k0.id = m.author left join customers_customer as k on k.id = k0.root_id
