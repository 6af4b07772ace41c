-- name: surviving
-- Where a conversation goes on: itself, or the last one of its chain of merges. UNION, not UNION ALL: a cycle, which
-- the verbs refuse, would end here too.
with recursive chain (id, merged_into_id) as (
    select id, merged_into_id from conversations_conversation where id = %(conversation)s
    union
    select c.id, c.merged_into_id from conversations_conversation as c join chain on c.id = chain.merged_into_id
)
select id from chain where merged_into_id is null

-- name: merged_here
-- All conversations that go on in this one, itself included.
with recursive family (id) as (
    select id from conversations_conversation where id = %(conversation)s
    union
    select c.id from conversations_conversation as c join family on c.merged_into_id = family.id
)
select id from family

-- name: place
-- Where an inbound message belongs: the message we have had under its external id, the thread of its name, the
-- conversation of the nearest message that it answers, and the one that it names itself (and whose that is), each with
-- where it goes on; and whether its team and that of its account take work. The values stand in subqueries so that the plan does not depend on
-- which of them are given: it is made once.
with recursive start (what, id, message) as (
    select 'message', conversation_id, id from conversations_message
    where source = (select %(source)s::text) and external_id = (select %(external_id)s::text) and external_id <> ''
    union all
    select 'thread', id, null from conversations_conversation
    where source = (select %(source)s::text) and external_id = (select %(thread)s::text) and external_id <> ''
    union all
    (select 'answered', m.conversation_id, null
     from unnest((select %(answers)s::text[])) with ordinality as a (name, place)
     join conversations_message as m on m.source = (select %(source)s::text) and m.external_id = a.name
     where m.external_id <> ''
     order by a.place
     limit 1)
    union all
    select 'ours', conversation_id, null from conversations_message where id = (select %(ours)s::uuid)
    union all
    select 'named', id, null from conversations_conversation where id = (select %(conversation)s::uuid)
), chain (what, message, id, merged_into_id) as (
    select s.what, s.message, c.id, c.merged_into_id
    from start as s join conversations_conversation as c on c.id = s.id
    union
    select chain.what, chain.message, c.id, c.merged_into_id
    from conversations_conversation as c join chain on c.id = chain.merged_into_id
)
select chain.what, chain.id, chain.message, whose.root_id
from chain
left join conversations_conversation as named on chain.what = 'named' and named.id = chain.id
left join customers_customer as whose on whose.id = named.customer_id
where chain.merged_into_id is null
union all
select 'team', id, null, null from people_team where id = (select %(team)s::uuid) and archived_at is null
union all
select 'default_team', id, null, null from people_team
where id = (select %(default_team)s::uuid) and archived_at is null

-- name: lock_on_arrival
-- The conversation that a message goes to, its row locked; no row when it was merged away meanwhile.
select * from conversations_conversation where id = %(conversation)s and merged_into_id is null for update

-- name: touched_by
-- All conversations that the erasure of these customers touches: theirs, where they wrote in those of others, what these
-- go on in, and what goes on in theirs.
with recursive hit (id) as (
    select id from conversations_conversation where customer_id = any(%(family)s)
    union
    select conversation_id from conversations_message where author_kind = 'customer' and author = any(%(family)s)
), chain (id, merged_into_id) as (
    select c.id, c.merged_into_id from conversations_conversation as c join hit on hit.id = c.id
    union
    select c.id, c.merged_into_id from conversations_conversation as c join chain on c.id = chain.merged_into_id
)
select id from chain
union
select c.id from conversations_conversation as c
join conversations_conversation as theirs on theirs.id = c.merged_into_id and theirs.customer_id = any(%(family)s)

-- name: hold_customer
-- Nobody erases this customer until the transaction ends; no row when somebody just did.
select id from customers_customer where id = %(customer)s for key share

-- name: waiting_from
-- When the customer wrote what nobody has answered yet, in a family of conversations: the first message of theirs that
-- we had after our last one.
select min(m.created_at)
from conversations_message as m
where m.conversation_id = any(%(family)s) and m.kind = 'public' and m.author_kind = 'customer'
  and m.recorded_at > coalesce((
      select max(o.recorded_at) from conversations_message as o
      where o.conversation_id = any(%(family)s) and o.kind = 'public' and o.author_kind <> 'customer'), '-infinity')

-- name: look
-- Somebody has it open now.
insert into conversations_looking (conversation_id, user_id, state, seen_at)
values (%(conversation)s, %(user)s, %(state)s, %(now)s)
on conflict (conversation_id, user_id) do update set state = excluded.state, seen_at = excluded.seen_at

-- name: mark_read
-- How far somebody has read; a mark never goes back.
insert into conversations_readmark as m (user_id, conversation_id, position)
values (%(user)s, %(conversation)s, %(position)s)
on conflict (user_id, conversation_id) do update set position = excluded.position where m.position < excluded.position

-- name: read_on
-- Who had read all before their own note has read that too.
update conversations_readmark set position = %(position)s
where user_id = %(user)s and conversation_id = %(conversation)s and position = %(position)s - 1

-- name: follow
-- Somebody wants to hear of it; touches nothing when they do already.
insert into conversations_follower (user_id, conversation_id, since)
values (%(user)s, %(conversation)s, %(now)s)
on conflict do nothing

-- name: deliver
-- A message got so far; only from where its channel's report was still news. The name it has over there is kept if it
-- has none yet, and no other message of the same source has that one.
update conversations_message as m
set delivery = %(after)s, delivery_code = %(code)s, delivery_reason = %(reason)s,
    external_id = case when m.external_id = '' and not exists (
        select 1 from conversations_message as o where o.source = m.source and o.external_id = %(external_id)s
    ) then %(external_id)s else m.external_id end
where m.id = %(message)s and m.delivery = %(before)s

-- name: deliver_up_to
-- All that we wrote in a conversation, up to a position, got so far; locked in its order, so that two who report follow
-- one another.
with due as (
    select id from conversations_message
    where conversation_id = %(conversation)s and position <= %(position)s and kind = 'public'
      and author_kind <> 'customer' and delivery = any(%(before)s)
    order by position
    for update
)
update conversations_message as m set delivery = %(after)s, delivery_code = '', delivery_reason = ''
from due where m.id = due.id
returning m.id

-- name: set_due
-- What breaks next, for the inbox; nothing else of the row is touched, and its version stays.
update conversations_conversation set next_due_at = %(next_due_at)s, due_state = %(due_state)s
where id = %(conversation)s
