-- What reads need beside the rows: the tokens of the day, against which an organization's budget is held, and indexes for what pages show
-- at a glance.

-- +goose Up
-- spent_that_day counts the tokens that the run used on the UTC day spent_on, its last one.
ALTER TABLE workflows ADD COLUMN spent_on date, ADD COLUMN spent_that_day bigint NOT NULL DEFAULT 0;
CREATE INDEX workflows_spent_on ON workflows (org_id, spent_on) WHERE spent_on IS NOT NULL;
CREATE INDEX emails_sent ON emails (org_id, sent_at) WHERE status = 'sent' AND kind = 'reply';
CREATE INDEX decisions_of_reviewers ON decisions (org_id, created_at DESC, id DESC) WHERE decision IN ('approved', 'rejected');
CREATE INDEX slack_cards_in_trouble ON slack_cards (org_id, updated_at) WHERE error IS NOT NULL;

-- +goose Down
DROP INDEX slack_cards_in_trouble, decisions_of_reviewers, emails_sent, workflows_spent_on;
ALTER TABLE workflows DROP COLUMN spent_on, DROP COLUMN spent_that_day;
