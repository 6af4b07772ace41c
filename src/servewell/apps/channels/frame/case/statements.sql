-- name: opened
-- The conversation that goes on for one that a link was made for, with what was said about its links: one row, or none
-- when it was erased.
with recursive chain (id, merged_into_id) as (
    select id, merged_into_id from conversations_conversation where id = %(conversation)s
    union
    select c.id, c.merged_into_id
    from conversations_conversation as c join chain on c.id = chain.merged_into_id
)
select c.*, coalesce(l.counter, 0) as link_counter, l.revoked_at as link_revoked_at
from chain
join conversations_conversation as c on c.id = chain.id
left join channels_caselink as l on l.conversation_id = %(conversation)s
where chain.merged_into_id is null

-- name: revoke
-- Makes all links of a conversation so far dead, and lets there be none; touches nothing when that is so already.
insert into channels_caselink (conversation_id, counter, revoked_at)
values (%(conversation)s, 1, %(now)s)
on conflict (conversation_id) do update
set counter = channels_caselink.counter + 1, revoked_at = excluded.revoked_at
where channels_caselink.revoked_at is null

-- name: renew
-- Lets there be links again, other ones than before.
update channels_caselink set revoked_at = null where conversation_id = %(conversation)s and revoked_at is not null

-- name: goes_on
-- The latest conversation of the same customer that continues a closed one.
select c.id
from conversations_link as l
join conversations_conversation as c on c.id = l.one_id
where l.other_id = any(%(closed)s) and l.kind = 'follow_up' and c.customer_id = %(customer)s and c.merged_into_id is null
order by l.created_at desc
limit 1
