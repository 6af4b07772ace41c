drop trigger search_conversation_changed on conversations_conversation;
create trigger search_conversation_changed after update on conversations_conversation for each row
    when (old.subject <> new.subject or old.merged_into_id is distinct from new.merged_into_id
          or old.customer_id <> new.customer_id)
    execute function search_due_conversation();
