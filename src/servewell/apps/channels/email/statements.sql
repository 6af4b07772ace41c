-- name: known
-- Of a mail that came: the message we have under its Message-ID, with what tells it from another one of that name; and
-- which of these addresses are our own, of any mailbox. Aliases are a list, or lines.
select 'message' as what, m.id, coalesce(e.sender, '') as sender, coalesce(e.date_mark, '') as date_mark,
    coalesce(e.text_mark, '') as text_mark
from conversations_message as m left join channels_email_envelope as e on e.message_id = m.id
where m.source = 'email' and m.external_id = (select %(name)s::text) and m.external_id <> ''
union all
select 'own', null, address.own, '', ''
from unnest((select %(addresses)s::text[])) as address (own)
where exists (
    select 1 from channels_account as a
    where a.channel = 'email' and a.removed_at is null and (
        lower(a.address) = address.own
        or address.own = any(regexp_split_to_array(lower(coalesce(a.options ->> 'aliases', '')), '[][\s,;"<>]+'))
    )
)
