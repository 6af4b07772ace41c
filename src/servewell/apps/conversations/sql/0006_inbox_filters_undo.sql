-- Back to one GIN index of the open ones.
DROP INDEX inbox_customer;
DROP INDEX inbox_tags;
DROP INDEX inbox_facets;
CREATE INDEX inbox_facets ON conversations_conversation USING gin ((ARRAY[
        'st:' || status, 'ch:' || channel, 'pr:' || priority::text, 'ct:' || contact_type, 'se:' || sentiment,
        'la:' || language, 'du:' || due_state
    ])) WITH (fastupdate = off)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL;
