-- name: find_known
-- The customers that go on for those who have one of these identities, each with the identity that led there and the
-- places (from 1) of the claims among those asked for that are theirs already; marks the identities as seen, at most
-- once a minute and without waiting for others who do, but not by a claim. The lock keeps the customer from being erased
-- before this transaction has written what it brought. Where nobody is known one row says what the house wants to know
-- of somebody new.
with wanted as materialized (
    select * from unnest(%(kinds)s::text[], %(sources)s::text[], %(values)s::text[], %(claimed)s::boolean[])
        with ordinality as w (kind, source, value, claimed, place)
),
known as materialized (
    select i.id, i.customer_id, i.kind, i.source, i.value, i.verified_at, i.last_seen_at, wanted.claimed
    from wanted join customers_identity as i using (kind, source, value)
),
seen as (
    update customers_identity as i set last_seen_at = %(now)s
    where i.id = any (array(
        select id from customers_identity
        where id in (select id from known where not claimed and last_seen_at < %(now)s::timestamptz - interval '1 minute')
        order by id for no key update skip locked))
),
found as materialized (
    select r.*, known.id as known_id, known.kind as known_kind, known.source as known_source,
           known.value as known_value, known.verified_at is not null as known_verified,
           array(select wanted.place
                 from wanted join customers_claim as t using (kind, source, value)
                 join customers_customer as m on m.id = t.customer_id
                 where wanted.claimed and m.root_id = r.id) as known_claims
    from known
    join customers_customer as c on c.id = known.customer_id
    join customers_customer as r on r.id = c.root_id
    order by r.id
    for key share of r)
select found.*,
       case when found.id is null then (
           select array_agg(code order by position, code) from customers_attribute
           where required and archived_at is null) end as required,
       case when found.id is null then (
           select value::text from base_setting where name = 'customers.weights') end as weights
from (values (1)) as once (one) left join found on true
order by found.id

-- name: create_customer
-- Writes a customer with their identities and claims, in one statement: the identities first, waiting for whoever is
-- writing the same ones now. The rest is written only if all of them were free. Returns how many were, and who only
-- claims to have one of them: the kind and the customer, the latest five.
with taken as (
    insert into customers_identity (
        id, customer_id, kind, source, value, shown, is_raw, verified_at, added_by_kind, added_by, created_at,
        last_seen_at)
    select w.id, %(id)s, w.kind, w.source, w.value, w.shown, w.is_raw, case when w.verified then %(now)s::timestamptz end,
           %(actor_kind)s, %(actor)s, %(now)s, %(now)s
    from unnest(%(ids)s::uuid[], %(kinds)s::text[], %(sources)s::text[], %(values)s::text[], %(shown)s::text[],
                %(raw)s::boolean[], %(verified)s::boolean[])
        as w (id, kind, source, value, shown, is_raw, verified)
    order by w.kind, w.source, w.value
    on conflict (kind, source, value) do nothing
    returning id
),
made as (
    insert into customers_customer (
        id, name, name_key, tier, language, attributes, team_ids, met_team_ids, blocked_reason, root_id, completeness,
        missing, version, created_at, changed_at)
    select %(id)s, %(name)s, %(name_key)s, %(tier)s, %(language)s, %(attributes)s::jsonb, %(teams)s::uuid[],
           %(teams)s::uuid[], '', %(id)s, %(completeness)s, %(missing)s::text[], 1, %(now)s, %(now)s
    where (select count(*) from taken) = cardinality(%(ids)s::uuid[])
),
said as (
    insert into customers_claim (id, customer_id, kind, source, value, shown, is_raw, created_at)
    select w.id, %(id)s, w.kind, w.source, w.value, w.shown, w.is_raw, %(now)s
    from unnest(%(claim_ids)s::uuid[], %(claim_kinds)s::text[], %(claim_sources)s::text[], %(claim_values)s::text[],
                %(claim_shown)s::text[], %(claim_raw)s::boolean[]) as w (id, kind, source, value, shown, is_raw)
    where (select count(*) from taken) = cardinality(%(ids)s::uuid[])
)
select (select count(*) from taken), claimer.kind, claimer.root_id
from (values (1)) as once (one)
left join lateral (
    select t.kind, c.root_id
    from unnest(%(kinds)s::text[], %(sources)s::text[], %(values)s::text[]) as w (kind, source, value)
    join customers_claim as t using (kind, source, value)
    join customers_customer as c on c.id = t.customer_id
    order by t.id desc
    limit 5
) as claimer on true

-- name: add_identities
-- Gives a customer who goes on identities that nobody has, and takes their own claims of the same away. Returns which
-- were free, each with the others who only claim to have it, the latest five.
with added as (
    insert into customers_identity (
        id, customer_id, kind, source, value, shown, is_raw, verified_at, added_by_kind, added_by, created_at,
        last_seen_at)
    select w.id, %(id)s, w.kind, w.source, w.value, w.shown, w.is_raw, case when w.verified then %(now)s::timestamptz end,
           %(actor_kind)s, %(actor)s, %(now)s, %(now)s
    from unnest(%(ids)s::uuid[], %(kinds)s::text[], %(sources)s::text[], %(values)s::text[], %(shown)s::text[],
                %(raw)s::boolean[], %(verified)s::boolean[])
        as w (id, kind, source, value, shown, is_raw, verified)
    order by w.kind, w.source, w.value
    on conflict (kind, source, value) do nothing
    returning id, kind, source, value
),
settled as (
    delete from customers_claim as t using added, customers_customer as c
    where (t.kind, t.source, t.value) = (added.kind, added.source, added.value)
      and c.id = t.customer_id and c.root_id = %(id)s
)
select added.id, added.kind, array(
    select c.root_id
    from customers_claim as t join customers_customer as c on c.id = t.customer_id
    where (t.kind, t.source, t.value) = (added.kind, added.source, added.value) and c.root_id <> %(id)s
    order by t.id desc
    limit 5)
from added

-- name: claim
-- Notes what a customer who goes on says of themselves, up to so many claims of one family; returns what is new.
insert into customers_claim (id, customer_id, kind, source, value, shown, is_raw, created_at)
select w.id, %(id)s, w.kind, w.source, w.value, w.shown, w.is_raw, %(now)s
from unnest(%(claim_ids)s::uuid[], %(claim_kinds)s::text[], %(claim_sources)s::text[], %(claim_values)s::text[],
            %(claim_shown)s::text[], %(claim_raw)s::boolean[]) as w (id, kind, source, value, shown, is_raw)
order by w.kind, w.source, w.value
limit greatest(0, %(most)s - (
    select count(*) from customers_claim as t join customers_customer as c on c.id = t.customer_id
    where c.root_id = %(id)s))
on conflict (kind, source, value, customer_id) do nothing
returning id, kind

-- name: meet
-- Lets a team reach a customer: on the row itself, so that an undone merge knows who met whom, and on the one that
-- goes on for it. Touches nothing when the team is there already.
update customers_customer as c
set met_team_ids = case when c.id = %(id)s and not %(team)s::uuid = any(c.met_team_ids)
                        then c.met_team_ids || %(team)s::uuid else c.met_team_ids end,
    team_ids = (select array_agg(distinct team order by team) from unnest(c.team_ids || %(team)s::uuid) as team)
where c.id in (%(id)s, (select root_id from customers_customer where id = %(id)s))
  and not (%(team)s::uuid = any(c.team_ids) and (c.id <> %(id)s or %(team)s::uuid = any(c.met_team_ids)))

-- name: shape_alone
-- Whoever joins, parts or erases families does so alone: they change rows that others may be about to lock.
select pg_advisory_xact_lock(hashtext('servewell.customers.families'))

-- name: below
-- A customer and all that were merged into it, directly or through others.
with recursive below as (
    select id from customers_customer where id = %(id)s
    union
    select c.id from customers_customer as c join below on c.merged_into_id = below.id
)
select id from below order by id

-- name: own_teams_again
-- What a family's survivor is reached through: the teams that met any of its rows, in the order of ids.
update customers_customer as r
set team_ids = coalesce((
    select array_agg(distinct team order by team)
    from customers_customer as c, unnest(c.met_team_ids) as team
    where c.root_id = r.id), '{}')
where r.id = any(%(ids)s)

-- name: suggest
-- Notes that two customers may be one, once for a pair; returns the note when it is new. Of those where one only claims
-- to be the other, so many at most are open for a customer.
insert into customers_suggestion (id, one_id, other_id, kind, is_claim, state, found_at)
select w.id, w.one, w.other, w.kind, w.is_claim, 'open', %(now)s
from unnest(%(ids)s::uuid[], %(ones)s::uuid[], %(others)s::uuid[], %(kinds)s::text[], %(claims)s::boolean[])
    as w (id, one, other, kind, is_claim)
where not w.is_claim or greatest(
    (select count(*) from customers_suggestion as s where s.is_claim and s.state = 'open' and s.one_id = w.one),
    (select count(*) from customers_suggestion as s where s.is_claim and s.state = 'open' and s.other_id = w.other),
    (select count(*) from customers_suggestion as s where s.is_claim and s.state = 'open' and s.one_id = w.other),
    (select count(*) from customers_suggestion as s where s.is_claim and s.state = 'open' and s.other_id = w.one)
) < %(most)s
order by w.one, w.other
on conflict (one_id, other_id) do nothing
returning id, kind
