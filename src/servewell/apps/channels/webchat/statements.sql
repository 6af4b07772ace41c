-- name: visitor
-- The visitor with this token on this site, with the account: one row, or none when the token opens nothing.
select v.* from channels_webchat_visitor as v where v.token = %(token)s and v.expires_at > %(now)s

-- name: current
-- The conversation of a thread, and where it goes on when it was merged; the name of whoever has it. How far we have
-- read: the highest mark of anybody of us.
with recursive chain (id, merged_into_id, own) as (
    select id, merged_into_id, id from conversations_conversation
    where source = %(source)s and external_id = %(thread)s and external_id <> ''
    union
    select c.id, c.merged_into_id, chain.own
    from conversations_conversation as c join chain on c.id = chain.merged_into_id
)
select c.id, chain.own, c.number, c.source, c.status, c.team_id, c.created_at, c.closed_at, c.solved_at, c.messages,
       c.waiting_since, c.first_reply_at, c.assignee_id, coalesce(nullif(u.name, ''), u.username),
       coalesce((select max(position) from conversations_readmark as r where r.conversation_id = c.id), 0),
       k.blocked_at is not null and (k.blocked_until is null or k.blocked_until > %(now)s), c.customer_id
from chain
join conversations_conversation as c on c.id = chain.id
join customers_customer as k0 on k0.id = c.customer_id
join customers_customer as k on k.id = k0.root_id
left join people_user as u on u.id = c.assignee_id
where chain.merged_into_id is null

-- name: wait
-- How many conversations of the team wait unassigned before this one, and how often one was taken up in the last hour:
-- the number of first assignments, and the seconds between the first and the last of them.
select
    (select count(*) from conversations_conversation as c
     where c.status in ('open', 'waiting_us') and c.assignee_id is null and c.merged_into_id is null
       and c.team_id is not distinct from %(team)s::uuid and (c.waiting_since, c.id) < (%(since)s, %(conversation)s)
       and (c.snoozed_until is null or c.snoozed_until <= %(now)s)),
    count(*), extract(epoch from max(e.occurred_at) - min(e.occurred_at))
from journal_event as e
where e.activity = 'conversation.assigned' and e.team is not distinct from %(team)s::uuid
  and e.id >= %(floor)s and e.occurred_at > %(hour_ago)s
