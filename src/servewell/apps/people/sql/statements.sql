-- name: take_tokens
-- Refills the bucket by the time that passed and takes tokens. No row comes back when there were not as many: then
-- nothing is written either, and the next try computes the refill from the same moment.
insert into people_ratebucket as bucket (key, tokens, refilled_at)
values (%(key)s, %(size)s::float - %(many)s::float, %(now)s)
on conflict (key) do update set
    tokens = least(%(size)s::float, bucket.tokens
        + greatest(0, extract(epoch from %(now)s - bucket.refilled_at)) * %(per_second)s) - %(many)s::float,
    refilled_at = greatest(bucket.refilled_at, %(now)s)
where least(%(size)s::float, bucket.tokens
        + greatest(0, extract(epoch from %(now)s - bucket.refilled_at)) * %(per_second)s) >= %(many)s::float
returning tokens

-- name: open_key
-- The key with this prefix that opens something now, whose secret is still to be compared; and what its creator, who
-- bounds it, may do.
select k.id, k.digest, k.scopes, k.last_used_at, u.role, u.language,
       array(select t.team_id from people_user_teams as t where t.user_id = u.id)
from people_apikey as k join people_user as u on u.id = k.created_by_id
where k.prefix = %(prefix)s and k.revoked_at is null and (k.expires_at is null or k.expires_at > %(now)s)
  and u.is_active

-- name: take_try
-- Counts a try of a key before it is looked at. The try that reaches the limit locks the key at once; one that was
-- right forgets the row. No row comes back while the key is locked. A lock that is over, or a window that is, begins
-- anew; `failures` goes on counting until a success.
insert into people_try as known (key, tries, failures, began_at, tried_at, locked_until)
values (%(key)s, 1, 1, %(now)s, %(now)s, null)
on conflict (key) do update set
    tries = case when known.locked_until is not null or known.began_at < %(fresh_before)s then 1
            else known.tries + 1 end,
    began_at = case when known.locked_until is not null or known.began_at < %(fresh_before)s then %(now)s
               else known.began_at end,
    failures = known.failures + 1,
    tried_at = %(now)s,
    locked_until = case when known.locked_until is null and known.began_at >= %(fresh_before)s
                         and known.tries + 1 >= %(most)s then %(until)s end
where known.locked_until is null or known.locked_until <= %(now)s
returning tries, failures
