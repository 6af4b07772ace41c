-- name: page
-- One page: the first rows of all walks together, each once, with everything that a list shows.
-- What stands in braces are texts of ours: see walks.py and orders.py.
with walked as ({walked}), picked as (
    select id, {keys}, bool_or(ok) as ok, bool_or(cut) as cut
    from walked group by id, {keys} order by {by_place} limit {limit}
)
select p.ok, p.cut, c.id, c.number, c.subject, c.status, c.priority, c.channel, c.language, c.contact_type, c.sentiment,
    c.preview, c.preview_author, c.messages, c.snoozed_until, c.next_due_at, c.due_state, c.waiting_since,
    c.last_message_at, c.created_at, c.updated_at, c.solved_at, c.closed_at, c.version,
    root.id as customer_id, root.name as customer_name, root.tier as customer_tier,
    c.team_id, team.name as team_name, c.assignee_id, coalesce(nullif(person.name, ''), person.username) as assignee_name,
    (select json_agg(json_build_object('id', t.id, 'name', t.name, 'colour', t.colour) order by lower(t.name))
     from conversations_tag as t where t.id = any(c.tags)) as tags,
    case when %(user)s::uuid is null then null
         else c.messages - least(c.messages, coalesce(mark.position, 0)) end as unread,
    (select json_agg(json_build_object('id', u.id, 'name', coalesce(nullif(u.name, ''), u.username), 'state', l.state)
                     order by u.username)
     from conversations_looking as l join people_user as u on u.id = l.user_id
     where l.conversation_id = c.id and l.seen_at > %(looking_since)s
       and l.user_id is distinct from %(user)s::uuid) as looking,
    {read_back}
from picked as p
join conversations_conversation as c on c.id = p.id
left join customers_customer as customer on customer.id = c.customer_id
left join customers_customer as root on root.id = customer.root_id
left join people_team as team on team.id = c.team_id
left join people_user as person on person.id = c.assignee_id
left join conversations_readmark as mark on mark.user_id = %(user)s::uuid and mark.conversation_id = c.id
order by {by_place}

-- name: count
-- How many rows of one view: no more than a few are looked for.
select {place} as view, count(*) filter (where ok) as found, coalesce(bool_or(cut), false) as cut
from (select id, bool_or(ok) as ok, bool_or(cut) as cut from ({walked}) as w group by id) as counted

-- name: nothing
-- A walk for somebody who may read nothing.
select c.id, {selected}, false as ok, false as cut from conversations_conversation as c where false

-- name: walk
-- An index in its order from the cursor on: not a row more is read than the page asks for.
select c.id, {selected}, true as ok, false as cut
from (select c.* from conversations_conversation as c where {where} order by {by} limit {limit}) as c

-- name: asking_walk
-- The same where rows are asked for more than their index knows: so many of them at most. `cut` marks the last of these.
select asked.* from (
    select c.id, {selected}, ({asks}) is true as ok, row_number() over () = {look} as cut
    from (select c.* from conversations_conversation as c where {where} order by {by} limit {look}) as c
) as asked
where asked.ok or asked.cut limit {limit}

-- name: each
-- One walk for each team or person.
select walk.* from {each} cross join lateral ({walk}) as walk

-- name: few
-- The rows that were gathered, if they are few: fetched, asked for everything, sorted.
select c.id, {selected}, true as ok, false as cut
from rare join conversations_conversation as c on c.id = rare.id
where {where} order by {by} limit {limit}

-- name: rare
-- Rows that meet what an index knows; one more than are sorted says that they are many.
select c.id from conversations_conversation as c where {where} limit {limit}

-- name: followed
-- What somebody follows, the newest; and where it goes on, if it was merged. UNION, not UNION ALL: a cycle ends.
with recursive held (id) as (
    (select f.conversation_id from conversations_follower as f
     where f.user_id = {user} order by f.since desc limit {limit})
    union
    select c.merged_into_id from held join conversations_conversation as c on c.id = held.id
    where c.merged_into_id is not null
)
select held.id from held

-- name: called_on
-- Where notes call on somebody, the newest notes; and where it goes on, if it was merged.
with recursive held (id) as (
    (select distinct newest.id from (
        select m.conversation_id as id from conversations_message as m
        where m.mentions @> array[{user}] and m.mentions <> '{{}}' order by m.id desc limit {limit}
    ) as newest)
    union
    select c.merged_into_id from held join conversations_conversation as c on c.id = held.id
    where c.merged_into_id is not null
)
select held.id from held

-- name: is_rare
-- Are they few enough to be sorted?
(select count(*) from rare) <= {rare}

-- name: is_common
-- Are they many enough that an ordered walk meets them soon?
(select count(*) from rare) > {rare}
