-- Drops everything in the schema `public` but what belongs to an extension: pgvector stays, since an ordinary role could
-- not create it again. Run inside the transaction that loads a backup; waits at most half a minute for others' locks.
set local lock_timeout = '30s';

do $$
declare
    drop_it text;
begin
    for drop_it in
        with mine as (
            select 1 as turn, format('drop %s if exists public.%I cascade', case relkind
                       when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table'
                       when 'S' then 'sequence' else 'table' end, relname) as statement,
                   'pg_class'::regclass as kind, oid
            from pg_class
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f', 'S')
            union all
            select 2, format('drop %s if exists %s cascade', case prokind
                       when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end, oid::regprocedure),
                   'pg_proc'::regclass, oid
            from pg_proc
            where pronamespace = 'public'::regnamespace
            union all
            select 3, format('drop type if exists public.%I cascade', typname), 'pg_type'::regclass, oid
            from pg_type
            where typnamespace = 'public'::regnamespace
              and (typtype in ('e', 'd', 'r')
                   or typtype = 'c' and (select relkind from pg_class where pg_class.oid = typrelid) = 'c')
        )
        select statement
        from mine
        where not exists (
            select 1 from pg_depend as d where d.classid = mine.kind and d.objid = mine.oid and d.deptype = 'e')
        order by turn
    loop
        execute drop_it;
    end loop;
end
$$;
