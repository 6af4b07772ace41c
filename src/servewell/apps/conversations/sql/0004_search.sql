-- Which conversations' words may have changed? Triggers say it, in the transaction of the change and without a statement
-- more, so that no way of writing a message, an import among them, can forget it.

create function search_due_messages() returns trigger language plpgsql as $$
begin
    insert into conversations_searchdue (conversation_id, later)
    select distinct conversation_id, current_setting('servewell.quiet', true) is not distinct from 'on' from touched;
    return null;
end $$;

create function search_due_conversation() returns trigger language plpgsql as $$
begin
    insert into conversations_searchdue (conversation_id, later) values (new.id, false);
    if new.merged_into_id is distinct from old.merged_into_id then
        insert into conversations_searchdue (conversation_id, later)
        select id, false from unnest(array[old.merged_into_id, new.merged_into_id]) as id where id is not null;
    end if;
    return null;
end $$;

create function search_due_message() returns trigger language plpgsql as $$
begin
    insert into conversations_searchdue (conversation_id, later)
    select distinct id, false from unnest(array[old.conversation_id, new.conversation_id]) as id;
    return null;
end $$;

create function search_forget() returns trigger language plpgsql as $$
begin
    delete from conversations_searchdocument where conversation_id in (select id from touched);
    return null;
end $$;

create function search_due_conversations() returns trigger language plpgsql as $$
begin
    insert into conversations_searchdue (conversation_id, later)
    select id, current_setting('servewell.quiet', true) is not distinct from 'on' from touched;
    return null;
end $$;

create trigger search_conversation_written after insert on conversations_conversation
    referencing new table as touched for each statement execute function search_due_conversations();
create trigger search_message_written after insert on conversations_message
    referencing new table as touched for each statement execute function search_due_messages();
create trigger search_message_gone after delete on conversations_message
    referencing old table as touched for each statement execute function search_due_messages();
create trigger search_message_changed after update on conversations_message for each row
    when (old.text is distinct from new.text or old.kind <> new.kind or old.conversation_id <> new.conversation_id)
    execute function search_due_message();
create trigger search_conversation_changed after update on conversations_conversation for each row
    when (old.subject <> new.subject or old.merged_into_id is distinct from new.merged_into_id
          or old.customer_id <> new.customer_id)
    execute function search_due_conversation();
create trigger search_conversation_gone after delete on conversations_conversation
    referencing old table as touched for each statement execute function search_forget();

-- A conversation's words are narrow references in its row: what is stored of them is read for the few that are scored.
alter table conversations_searchdocument alter column terms set storage external;
alter table conversations_searchdocument alter column terms set statistics 10;
alter table conversations_searchdocument set (toast_tuple_target = 128);
alter table conversations_searchdue set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
