-- name: active_rules
-- The rules of the reception that are tried, in their order. What was archived since they were made is left out of what
-- they give.
select r.id, r.conditions::text, t.id, r.priority,
       array(select wanted.id from unnest(r.tags) with ordinality as wanted (id, place)
             join conversations_tag as tag on tag.id = wanted.id and tag.archived_at is null order by wanted.place),
       r.overrides
from flows_receptionrule as r
left join people_team as t on t.id = r.team_id and t.archived_at is null
where r.active
order by r.position, r.id
