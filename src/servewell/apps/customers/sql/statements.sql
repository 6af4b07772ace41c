-- name: find_known
-- The customers that go on for those who have one of these identities, each with the identity that led there; marks
-- the identities as seen, at most once a minute and without waiting for others who do. The lock keeps the customer
-- from being erased before this transaction has written what it brought.
with wanted as (
    select * from unnest(%(kinds)s::text[], %(sources)s::text[], %(values)s::text[]) as w (kind, source, value)
),
known as materialized (
    select i.id, i.customer_id, i.kind, i.source, i.value, i.verified_at, i.last_seen_at
    from wanted join customers_identity as i using (kind, source, value)
),
seen as (
    update customers_identity as i set last_seen_at = %(now)s
    where i.id in (
        select id from customers_identity
        where id in (select id from known where last_seen_at < %(now)s::timestamptz - interval '1 minute')
        order by id for no key update skip locked)
)
select r.*, known.id as known_id, known.kind as known_kind, known.source as known_source,
       known.value as known_value, known.verified_at is not null as known_verified
from known
join customers_customer as c on c.id = known.customer_id
join customers_customer as r on r.id = c.root_id
order by r.id
for key share of r

-- name: create_customer
-- Writes a customer with their identities, in one statement: the identities first, waiting for whoever is writing the
-- same ones now. The customer is written only if all of them were free; returns how many were.
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
)
select count(*) from taken

-- name: add_identities
-- Gives a customer identities that nobody has; returns which were free.
insert into customers_identity (
    id, customer_id, kind, source, value, shown, is_raw, verified_at, added_by_kind, added_by, created_at, last_seen_at)
select w.id, %(id)s, w.kind, w.source, w.value, w.shown, w.is_raw, case when w.verified then %(now)s::timestamptz end,
       %(actor_kind)s, %(actor)s, %(now)s, %(now)s
from unnest(%(ids)s::uuid[], %(kinds)s::text[], %(sources)s::text[], %(values)s::text[], %(shown)s::text[],
            %(raw)s::boolean[], %(verified)s::boolean[])
    as w (id, kind, source, value, shown, is_raw, verified)
order by w.kind, w.source, w.value
on conflict (kind, source, value) do nothing
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
-- Notes that two customers may be one, once for a pair; returns the note when it is new.
insert into customers_suggestion (id, one_id, other_id, kind, state, found_at)
select w.id, w.one, w.other, w.kind, 'open', %(now)s
from unnest(%(ids)s::uuid[], %(ones)s::uuid[], %(others)s::uuid[], %(kinds)s::text[]) as w (id, one, other, kind)
order by w.one, w.other
on conflict (one_id, other_id) do nothing
returning id, kind
