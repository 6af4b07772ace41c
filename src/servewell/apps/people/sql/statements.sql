-- name: take_token
-- Refills the bucket by the time that passed and takes one token. No row comes back when less than one was there:
-- then nothing is written either, and the next try computes the refill from the same moment.
insert into people_ratebucket as bucket (key, tokens, refilled_at)
values (%(key)s, %(size)s - 1, %(now)s)
on conflict (key) do update set
    tokens = least(%(size)s, bucket.tokens
        + greatest(0, extract(epoch from %(now)s - bucket.refilled_at)) * %(per_second)s) - 1,
    refilled_at = greatest(bucket.refilled_at, %(now)s)
where least(%(size)s, bucket.tokens
        + greatest(0, extract(epoch from %(now)s - bucket.refilled_at)) * %(per_second)s) >= 1
returning tokens
