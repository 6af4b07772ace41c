-- Statements of the room of webhooks. Each begins with its name and what it is for.

-- name: blank_answers
-- Forget how answers to calls about a customer began: a receiver may have repeated what it was told.
update webhooks_attempt
set response = ''
where response <> ''
  and message in (select id from journal_event where customer = %(customer)s)

-- name: forget_customer
-- Put null for a customer's id in all calls but those that tell of the erasure: a receiver has to know whom to erase.
-- Waiting ones and dead letters are looked through; those that were made are found by their keys.
update base_outgoing
set payload = replace(payload::text, '"' || %(customer)s || '"', 'null')::jsonb,
    order_key = replace(order_key, %(customer)s, 'erased')
where kind = %(kind)s
  and payload -> 'message' ->> 'type' <> 'customer.erased'
  and (
    (state <> 'done' and strpos(payload::text, %(customer)s) > 0)
    or key in (
        select webhook.id::text || ':' || told.id::text
        from webhooks_subscription as webhook
        cross join journal_event as told
        where told.customer = %(customer)s::uuid
    )
  )
