-- What filters may ask for is found by the index too: so who has a conversation, its tags and whether it is done may not
-- change unseen. A status among those that are active, or among those that are not, changes nothing.
drop trigger search_conversation_changed on conversations_conversation;
create trigger search_conversation_changed after update on conversations_conversation for each row
    when (old.subject <> new.subject or old.merged_into_id is distinct from new.merged_into_id
          or old.customer_id <> new.customer_id or old.team_id is distinct from new.team_id
          or old.assignee_id is distinct from new.assignee_id or old.tags <> new.tags
          or (old.status in ('solved', 'closed')) <> (new.status in ('solved', 'closed')))
    execute function search_due_conversation();

insert into conversations_searchdue (conversation_id, later) select id, true from conversations_conversation order by id;
