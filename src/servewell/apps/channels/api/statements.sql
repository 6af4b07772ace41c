-- name: sources
-- The outside systems that have an account: by the name of their source. Which keys may speak for them: null for all.
select a.address, a.id, a.team_id, a.options ->> 'speaks',
       case when jsonb_array_length(coalesce(a.options -> 'keys', '[]')) > 0 then
           array(select k.id from people_apikey as k
                 where k.prefix in (select jsonb_array_elements_text(a.options -> 'keys')))
       end
from channels_account as a
where a.channel = 'api' and a.removed_at is null and a.address <> ''

-- name: carrier
-- Who carries a conversation, or that of a message: the channel of its account ('' without one), the name of its
-- source, and which keys may speak for the account: null for all.
select coalesce(a.channel, ''), c.source,
       case when a.channel = 'api' and jsonb_array_length(coalesce(a.options -> 'keys', '[]')) > 0 then
           array(select k.id from people_apikey as k
                 where k.prefix in (select jsonb_array_elements_text(a.options -> 'keys')))
       end
from conversations_conversation as c
left join channels_account as a on a.id = c.account
where c.id = coalesce(%(conversation)s::uuid,
                      (select m.conversation_id from conversations_message as m where m.id = %(message)s::uuid))

-- name: waiting
-- Answers that wait to be fetched for an account, oldest first, from a place on.
select m.id
from conversations_message as m
join conversations_conversation as c on c.id = m.conversation_id
where m.delivery = 'queued' and m.kind = 'public' and m.author_kind <> 'customer'
  and c.account = %(account)s and (%(after)s::uuid is null or m.id > %(after)s)
order by m.id
limit %(most)s

-- name: identities
-- What customers can be reached by: of each kind the surest, over all records that were merged.
select distinct on (c.id, i.kind) c.id, i.kind, i.shown
from customers_customer as c
join customers_customer as f on f.root_id = c.root_id
join customers_identity as i on i.customer_id = f.id
where c.id = any(%(customers)s)
order by c.id, i.kind, i.verified_at is null, i.last_seen_at desc, i.id
