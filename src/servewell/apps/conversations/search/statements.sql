-- name: take_due
-- Takes the next rows that say what may have changed, what somebody waits for first. Only one indexer runs at a time.
delete from conversations_searchdue
where id in (select id from conversations_searchdue where not_before is null or not_before <= %(now)s
             order by later, id limit %(limit)s)
returning conversation_id, customer_id, attempts

-- name: of_customers
-- Writes a row for each conversation of some customers and of those merged with them: behind the others where a customer
-- has very many.
with due as (
    select c.id, o.root_id from conversations_conversation as c join customers_customer as o on o.id = c.customer_id
    where o.root_id in (select r.root_id from customers_customer as r where r.id = any(%(customers)s::uuid[]))
)
insert into conversations_searchdue (conversation_id, later)
select due.id, count(*) over (partition by due.root_id) > %(many)s from due

-- name: put_off
-- Notes that a conversation could not be read: it is tried again later, and whatever was noted before is one row.
with earlier as (
    delete from conversations_searchdue where conversation_id = %(conversation)s and attempts > 0 returning attempts
)
insert into conversations_searchdue (conversation_id, later, attempts, not_before, reason)
select %(conversation)s, true, tried.attempts,
    %(now)s + least(interval '1 day', interval '1 minute' * 4 ^ least(tried.attempts - 1, 6)), %(reason)s
from (select least(1 + greatest(%(attempts)s, coalesce((select max(attempts) from earlier), 0)), 9999) as attempts)
    as tried
returning attempts

-- name: families
-- Where each conversation goes on, and all that go on there. UNION, not UNION ALL: a cycle would end here too.
with recursive chain (id, into_id) as (
    select id, merged_into_id from conversations_conversation where id = any(%(conversations)s)
    union
    select c.id, c.merged_into_id from conversations_conversation as c join chain on c.id = chain.into_id
), family (root, id) as (
    select id, id from chain where into_id is null
    union
    select family.root, c.id from conversations_conversation as c join family on c.merged_into_id = family.id
)
select root, id from family

-- name: heads
-- What is found of each conversation beside its messages: subjects of the family, numbers of those merged into it,
-- names and identities of its customers, also of those merged with them; and what filters may ask for.
select f.root, min(c.number) filter (where c.id = f.root),
    array_agg(distinct c.subject) filter (where c.subject <> ''),
    array_agg(distinct '#' || c.number) filter (where c.id <> f.root),
    (select array_agg(distinct w.word)
     from customers_customer as o
     join customers_customer as root_of on root_of.root_id = o.root_id
     cross join lateral (
         select root_of.name union all select i.shown from customers_identity as i where i.customer_id = root_of.id
     ) as w(word)
     where o.id = any(array_agg(c.customer_id)) and w.word <> ''),
    array_agg(distinct c.customer_id::text) filter (where c.id = f.root),
    min(c.channel) filter (where c.id = f.root),
    min(c.team_id::text) filter (where c.id = f.root),
    min(c.assignee_id::text) filter (where c.id = f.root),
    (select r.tags::text[] from conversations_conversation as r where r.id = f.root),
    bool_or(c.id = f.root and c.status not in ('solved', 'closed')),
    exists (select 1 from conversations_message as m join conversations_messageattachment as a on a.message_id = m.id
            where m.conversation_id = f.root)
from unnest(%(roots)s::uuid[], %(members)s::uuid[]) as f(root, member)
join conversations_conversation as c on c.id = f.member
group by f.root

-- name: messages
-- What was said, the newest first, of each family: so many messages at most, until that many octets are reached. Each
-- member's newest come from an index; how long a text is, is asked without reading it (octet_length).
select f.root, said.is_note, left(said.text, %(most)s)
from (select root, array_agg(member) as members
      from unnest(%(roots)s::uuid[], %(members)s::uuid[]) as f(root, member) group by root) as f
cross join lateral (
    select newest.kind = 'note' as is_note, newest.text, newest.created_at, newest.id,
        sum(newest.octets) over (order by newest.created_at desc, newest.id desc) - newest.octets as before
    from (
        select each.* from unnest(f.members) as member(id) cross join lateral (
            select m.id, m.kind, m.created_at, m.text, octet_length(m.text) as octets
            from conversations_message as m where m.conversation_id = member.id and m.text <> ''
            order by m.created_at desc, m.id desc limit %(newest)s
        ) as each
        order by each.created_at desc, each.id desc limit %(newest)s
    ) as newest
) as said
where said.before < %(octets)s
order by f.root, said.created_at desc, said.id desc

-- name: write
-- Stores a document; nothing is written, the index least of all, when its words are the same as before.
insert into conversations_searchdocument as d (conversation_id, number, terms, length, indexed_at)
values (%(conversation_id)s, %(number)s, %(terms)s, %(length)s, %(now)s)
on conflict (conversation_id) do update
set number = excluded.number, terms = excluded.terms, length = excluded.length, indexed_at = excluded.indexed_at
where d.terms is distinct from excluded.terms

-- name: forget
-- Removes the documents of conversations that go on elsewhere or are no more.
delete from conversations_searchdocument where conversation_id = any(%(conversations)s)

-- name: count_on
-- Notes how many documents were written, and returns whether the sample is still about right.
insert into conversations_searchfigures as f (id, documents, rare, mean_length, indexed_since)
values (1, 0, 1, 1, %(documents)s)
on conflict (id) do update set indexed_since = f.indexed_since + excluded.indexed_since
returning documents, indexed_since

-- name: all_due
-- Asks for every conversation's document to be made again, behind what somebody waits for.
insert into conversations_searchdue (conversation_id, later) select id, true from conversations_conversation order by id

-- name: orphans
-- Removes documents that belong to no conversation that goes on: none, unless somebody wrote past the triggers.
delete from conversations_searchdocument as d
where not exists (select 1 from conversations_conversation as c
                  where c.id = d.conversation_id and c.merged_into_id is null)

-- name: about_how_many
-- How many documents there are, about: as many to a page as at the last vacuum, in the pages there are now.
select (case when reltuples > 0 and relpages > 0 then reltuples / relpages else 8 end
        * pg_relation_size(oid) / current_setting('block_size')::int)::bigint
from pg_class where oid = 'conversations_searchdocument'::regclass

-- name: forget_terms
-- Makes room for what the next sample says.
delete from conversations_searchterm

-- name: count_terms
-- Counts in a sample of pages how many documents have each word; words that fewer than %(least)s of them have are left
-- out. Block keys are no words.
with sample as materialized (
    select terms, length from conversations_searchdocument tablesample system (%(percent)s)
), counted as (
    select each.term, count(*) as documents
    from sample cross join lateral (select distinct unnest(sample.terms) as term) as each
    where each.term >= 0 group by each.term having count(*) >= %(least)s
), kept as (
    insert into conversations_searchterm (key, documents)
    select term, ceil(documents * 100.0 / %(percent)s) from counted
)
select count(*), coalesce(avg(length), 1)::float from sample

-- name: set_figures
-- Keeps what the sample said.
insert into conversations_searchfigures (id, documents, rare, mean_length, indexed_since, counted_at)
values (1, %(documents)s, %(rare)s, %(mean_length)s, 0, %(now)s)
on conflict (id) do update
set documents = excluded.documents, rare = excluded.rare, mean_length = excluded.mean_length, indexed_since = 0,
    counted_at = excluded.counted_at

-- name: figures
-- What the sample said about all documents and about some words, and the highest number there is.
select coalesce(f.documents, 0), coalesce(f.rare, 1), coalesce(f.mean_length, 1),
    coalesce((select max(number) from conversations_searchdocument), 0),
    (select array_agg(array[t.key, t.documents::bigint])
     from conversations_searchterm as t where t.key = any(%(keys)s::bigint[]))
from (select 1 as id) as one left join conversations_searchfigures as f on f.id = one.id

-- name: candidates
-- The newest conversations, up to a number, that have all of some words and one of others, that lie in certain blocks,
-- that somebody may read and that the filters ask for; with how often each word occurs in them.
-- First row: how many were looked at. `matched` is all that the index finds: narrow rows. They are then asked one by
-- one, newest first, until enough are found; only of these are the words read. {asked} and {within} are texts of ours
-- (asked.py): conditions on the conversation, and on the keys that stand for some of them.
with matched as materialized (
    select d.conversation_id, d.number, d.length, d.terms
    from conversations_searchdocument as d
    where (%(all)s::bigint[] is null or d.terms @> %(all)s::bigint[])
      and (%(any)s::bigint[] is null or d.terms && %(any)s::bigint[])
      and (%(blocks)s::bigint[] is null or d.terms && %(blocks)s::bigint[])
      and {within}
      and d.number between %(lowest)s and %(highest)s
), chosen as (
    select m.conversation_id, m.number, m.length, m.terms
    from (select * from matched order by number desc) as m
    cross join lateral (
        select 1 from conversations_conversation as c where c.id = m.conversation_id and {asked} offset 0
    ) as ok
    limit %(limit)s
)
select null::uuid, count(*), 0, null::integer[] from matched
union all
select k.conversation_id, k.number, k.length, array(
    select coalesce(cardinality(array_positions(words.terms, w.key)), 0)
    from unnest(%(keys)s::bigint[]) with ordinality as w(key, place) order by w.place)
from chosen as k cross join lateral (select k.terms || array[]::bigint[] as terms offset 0) as words

-- name: texts
-- The newest messages of some conversations and of those merged into them, to show where they say it: so many at most,
-- until that many octets are reached.
with recursive family (root, id) as (
    select id, id from unnest(%(conversations)s::uuid[]) as c(id)
    union
    select family.root, c.id from conversations_conversation as c join family on c.merged_into_id = family.id
)
select f.root, said.id, said.kind, said.author_kind, said.created_at, left(said.text, %(most_text)s)
from (select root, array_agg(id) as members from family group by root) as f
cross join lateral (
    select newest.*, sum(newest.octets) over (order by newest.created_at desc, newest.id desc) - newest.octets as before
    from (
        select each.* from unnest(f.members) as member(id) cross join lateral (
            select m.id, m.kind, m.author_kind, m.created_at, m.text,
                least(octet_length(m.text), 4 * %(most_text)s) as octets
            from conversations_message as m where m.conversation_id = member.id and m.text <> ''
            order by m.created_at desc, m.id desc limit %(most_messages)s
        ) as each
        order by each.created_at desc, each.id desc limit %(most_messages)s
    ) as newest
) as said
where said.before < %(most_octets)s
order by f.root, said.created_at desc, said.id desc

-- name: due_of_customer
-- Notes a customer whose names changed, in one row: the indexer finds the conversations, not whoever writes to us.
insert into conversations_searchdue (customer_id, later) values (%(customer)s, false)
