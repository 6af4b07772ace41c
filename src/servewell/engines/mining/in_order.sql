-- Gives each step its place in the case, its predecessor and the time since then.
--
-- {sorted} lies in the order (case, at_us, row). DuckDB keeps the order of insertion, and a window without partition
-- and order follows it in one streaming pass, so that sorting and passing once costs less than a window per case.
-- `began` is the number of a case's first row and null in the others: the greatest so far is the case's own.
create temporary table {steps} as
select
    "case",
    activity,
    resource,
    at_us,
    (number - max(began) over (rows between unbounded preceding and current row) + 1)::integer as position,
    case when began is null then activity_before end as previous,
    case when began is null then resource_before end as previous_resource,
    case when began is null then at_us - at_us_before end as since_us
from (
    select *, case when "case" is distinct from case_before then number end as began
    from (
        select
            "case",
            activity,
            resource,
            at_us,
            row_number() over () as number,
            lag("case") over () as case_before,
            lag(activity) over () as activity_before,
            lag(resource) over () as resource_before,
            lag(at_us) over () as at_us_before
        from {sorted}
    )
)
