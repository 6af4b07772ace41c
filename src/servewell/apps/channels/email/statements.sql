-- name: own_addresses
-- The addresses of all our mailboxes that are not removed, with their other ones.
select address, coalesce(options -> 'aliases', '[]') from channels_account
where channel = 'email' and removed_at is null
