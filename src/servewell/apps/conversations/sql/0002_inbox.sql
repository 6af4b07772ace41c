-- What do the lists of the inbox walk? For every set of rows, way in and order one index that holds exactly these rows in
-- exactly this order: a page reads its fifty rows and stops, however many others lie beside (decision 0007).
-- Sets: the inbox (what waits for somebody), snoozed, solved, and every conversation. `infinity` stands for "none": last.

-- The inbox, by every way in: all, a team, a team's unassigned, an assignee.
CREATE INDEX inbox_all_due ON conversations_conversation
    (coalesce(next_due_at, 'infinity'), coalesce(waiting_since, 'infinity'), id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL;
CREATE INDEX inbox_all_activity ON conversations_conversation (last_message_at, id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL;
CREATE INDEX inbox_all_waiting ON conversations_conversation (coalesce(waiting_since, 'infinity'), id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL;
CREATE INDEX inbox_all_priority ON conversations_conversation ((-priority), coalesce(next_due_at, 'infinity'), id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL;
CREATE INDEX inbox_all_number ON conversations_conversation (number)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL;

CREATE INDEX inbox_team_due ON conversations_conversation
    (team_id, coalesce(next_due_at, 'infinity'), coalesce(waiting_since, 'infinity'), id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL;
CREATE INDEX inbox_team_activity ON conversations_conversation (team_id, last_message_at, id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL;
CREATE INDEX inbox_team_waiting ON conversations_conversation (team_id, coalesce(waiting_since, 'infinity'), id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL;
CREATE INDEX inbox_team_priority ON conversations_conversation
    (team_id, (-priority), coalesce(next_due_at, 'infinity'), id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL;
CREATE INDEX inbox_team_number ON conversations_conversation (team_id, number)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL;

CREATE INDEX inbox_unassigned_due ON conversations_conversation
    (team_id, coalesce(next_due_at, 'infinity'), coalesce(waiting_since, 'infinity'), id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL
        AND assignee_id IS NULL;
CREATE INDEX inbox_unassigned_activity ON conversations_conversation (team_id, last_message_at, id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL
        AND assignee_id IS NULL;
CREATE INDEX inbox_unassigned_waiting ON conversations_conversation (team_id, coalesce(waiting_since, 'infinity'), id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL
        AND assignee_id IS NULL;
CREATE INDEX inbox_unassigned_priority ON conversations_conversation
    (team_id, (-priority), coalesce(next_due_at, 'infinity'), id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL
        AND assignee_id IS NULL;

-- One person holds few at a time: their other orders sort what this one finds.
CREATE INDEX inbox_assignee_due ON conversations_conversation
    (assignee_id, coalesce(next_due_at, 'infinity'), coalesce(waiting_since, 'infinity'), id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL;

-- Snoozed: who wakes first. The unassigned are few: the team's index serves them.
CREATE INDEX snoozed_all ON conversations_conversation (snoozed_until, id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NOT NULL;
CREATE INDEX snoozed_team ON conversations_conversation (team_id, snoozed_until, id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NOT NULL;
CREATE INDEX snoozed_assignee ON conversations_conversation (assignee_id, snoozed_until, id)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NOT NULL;

-- Solved and not yet closed.
CREATE INDEX solved_all ON conversations_conversation (last_message_at, id)
    WHERE status = 'solved' AND merged_into_id IS NULL;
CREATE INDEX solved_team ON conversations_conversation (team_id, last_message_at, id)
    WHERE status = 'solved' AND merged_into_id IS NULL;
CREATE INDEX solved_assignee ON conversations_conversation (assignee_id, last_message_at, id)
    WHERE status = 'solved' AND merged_into_id IS NULL;

-- Every conversation, closed ones too; by number the unique index serves.
CREATE INDEX every_all ON conversations_conversation (last_message_at, id) WHERE merged_into_id IS NULL;
CREATE INDEX every_team ON conversations_conversation (team_id, last_message_at, id) WHERE merged_into_id IS NULL;
CREATE INDEX every_assignee ON conversations_conversation (assignee_id, last_message_at, id) WHERE merged_into_id IS NULL;

-- Which few of the open ones have a rare property? Filters that match next to nothing are answered from here.
CREATE INDEX inbox_facets ON conversations_conversation USING gin ((ARRAY[
        'st:' || status, 'ch:' || channel, 'pr:' || priority::text, 'ct:' || contact_type, 'se:' || sentiment,
        'la:' || language, 'du:' || due_state
    ])) WITH (fastupdate = off)
    WHERE status IN ('open', 'waiting_us', 'waiting_customer') AND merged_into_id IS NULL AND snoozed_until IS NULL;

-- Notes that call on somebody.
CREATE INDEX message_mentions ON conversations_message USING gin (mentions) WITH (fastupdate = off)
    WHERE mentions <> '{}';
