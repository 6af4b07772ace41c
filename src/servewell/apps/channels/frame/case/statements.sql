-- name: opened
-- The conversation that goes on for one that a link was made for, with what was said about its links, and whether both
-- are of one customer: one row, or none when it was erased.
with recursive chain (id, merged_into_id, customer_id) as (
    select id, merged_into_id, customer_id from conversations_conversation where id = %(conversation)s
    union
    select c.id, c.merged_into_id, chain.customer_id
    from conversations_conversation as c join chain on c.id = chain.merged_into_id
)
select c.*, coalesce(l.counter, 0) as link_counter, l.revoked_at as link_revoked_at,
       (select count(distinct k.root_id) from customers_customer as k
        where k.id in (c.customer_id, chain.customer_id)) = 1 as link_same_customer
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

-- name: own_family
-- A conversation that goes on, and those merged into it that are of the same customer.
with recursive family (id) as (
    select %(conversation)s::uuid
    union
    select c.id from conversations_conversation as c join family on c.merged_into_id = family.id
)
select c.id
from family
join conversations_conversation as c on c.id = family.id
join customers_customer as k on k.id = c.customer_id
where k.root_id = (select root_id from customers_customer where id = %(customer)s)

-- name: goes_on
-- The latest conversation of the same customer that continues a closed one.
select c.id
from conversations_link as l
join conversations_conversation as c on c.id = l.one_id
where l.other_id = any(%(closed)s) and l.kind = 'follow_up' and c.customer_id = %(customer)s and c.merged_into_id is null
order by l.created_at desc
limit 1
