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

-- name: call_anew
-- Lets answers that were left to be fetched go out by a call: those that nobody reported, whose call is settled. Without
-- waiting for what somebody has just now.
update base_outgoing
set state = 'waiting', attempt = 0, due_at = %(now)s, settled_at = null, claim = null
where id = any (array(
    select o.id
    from conversations_message as m
    join conversations_conversation as c on c.id = m.conversation_id
    join base_outgoing as o on o.kind = 'channels.send' and o.key = m.id::text
    where m.delivery = 'queued' and m.kind = 'public' and m.author_kind <> 'customer'
      and c.account = %(account)s and o.state = 'done'
    order by o.position
    for update of o skip locked))

-- name: uncalled
-- Answers that wait to be fetched and have no call at all any more: those that are settled are removed in time.
select m.id, m.conversation_id
from conversations_message as m
join conversations_conversation as c on c.id = m.conversation_id
where m.delivery = 'queued' and m.kind = 'public' and m.author_kind <> 'customer' and c.account = %(account)s
  and not exists (select 1 from base_outgoing as o where o.kind = 'channels.send' and o.key = m.id::text)
order by m.id

-- name: callback
-- Where an account's answers go now; nobody changes it until the transaction ends.
select coalesce(options ->> 'callback_url', '') from channels_account where id = %(account)s for share

-- name: identities
-- What customers can be reached by: of each kind the surest, over all records that were merged.
select distinct on (c.id, i.kind) c.id, i.kind, i.shown
from customers_customer as c
join customers_customer as f on f.root_id = c.root_id
join customers_identity as i on i.customer_id = f.id
where c.id = any(%(customers)s)
order by c.id, i.kind, i.verified_at is null, i.last_seen_at desc, i.id
