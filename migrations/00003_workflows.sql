-- A lead's way: the run, its steps, what the model was asked and answered, the drafts, the decision, the emails.

-- +goose Up
CREATE TABLE workflows (
  org_id           text NOT NULL REFERENCES organizations ON DELETE CASCADE,
  id               uuid NOT NULL,
  lead_id          uuid NOT NULL,
  status           text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'researching', 'qualifying', 'drafting', 'awaiting_review',
                     'sending', 'completed', 'rejected', 'cancelled', 'expired', 'failed', 'needs_attention')),
  resume_status    text CHECK (resume_status IN ('queued', 'researching', 'qualifying', 'drafting', 'sending')),
  category         text CHECK (category IN ('QUALIFIED', 'FOLLOW_UP', 'SUPPORT', 'UNQUALIFIED')),
  research_results jsonb,
  email_subject    text,
  email_draft      text,
  draft_version    integer NOT NULL DEFAULT 0,
  redrafts         integer NOT NULL DEFAULT 0,
  feedback         text,
  approved_by      text,
  rejected_by      text,
  decided_at       timestamptz,
  not_before       timestamptz,
  review_due_at    timestamptz,
  doubt            boolean NOT NULL DEFAULT false,
  error            text,
  -- How the run is carried on. wake_at: when a worker has to look next, NULL while only a person can act. A worker that holds the run has
  -- the number attempt until lease_until; whatever it writes names that number. tries counts claims since the last finished step,
  -- failures the vendor's faults in the step at hand.
  wake_at          timestamptz DEFAULT now(),
  waiting_for      text,
  attempt          integer NOT NULL DEFAULT 0,
  lease_until      timestamptz,
  tries            integer NOT NULL DEFAULT 0,
  failures         integer NOT NULL DEFAULT 0,
  rung_at          timestamptz,
  rings            integer NOT NULL DEFAULT 0,
  tokens_in        bigint NOT NULL DEFAULT 0,
  tokens_out       bigint NOT NULL DEFAULT 0,
  cost_micros      bigint NOT NULL DEFAULT 0, -- millionths of a US dollar
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  completed_at     timestamptz,
  PRIMARY KEY (org_id, id),
  UNIQUE (org_id, lead_id),
  FOREIGN KEY (org_id, lead_id) REFERENCES leads (org_id, id) ON DELETE CASCADE,
  CHECK (approved_by IS NULL OR rejected_by IS NULL)
);
CREATE INDEX workflows_newest ON workflows (org_id, created_at DESC, id DESC);
CREATE INDEX workflows_by_status ON workflows (org_id, status, created_at DESC, id DESC);
CREATE INDEX workflows_in_flight ON workflows (org_id) WHERE rung_at IS NOT NULL OR lease_until IS NOT NULL;
CREATE INDEX workflows_leased ON workflows (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX workflows_rung ON workflows (rung_at) WHERE rung_at IS NOT NULL;
CREATE INDEX workflows_due ON workflows (wake_at) WHERE wake_at IS NOT NULL;
SELECT migration.tenant_table('workflows');
SELECT migration.resolver_may('SELECT', 'workflows', 'org_id, id, status, wake_at, lease_until, rung_at, rings');
SELECT migration.resolver_may('UPDATE', 'workflows', 'rung_at, rings, lease_until');

CREATE TABLE workflow_steps (
  org_id      text NOT NULL,
  id          uuid NOT NULL DEFAULT gen_random_uuid(),
  workflow_id uuid NOT NULL,
  name        text NOT NULL, -- draft rounds after the first: draft-2, draft-3, …
  status      text NOT NULL CHECK (status IN ('started', 'finished', 'failed')),
  attempt     integer NOT NULL,
  output      jsonb,
  error       text,
  tokens_in   bigint NOT NULL DEFAULT 0,
  tokens_out  bigint NOT NULL DEFAULT 0,
  cost_micros bigint NOT NULL DEFAULT 0,
  started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  PRIMARY KEY (org_id, id),
  UNIQUE (org_id, workflow_id, name),
  FOREIGN KEY (org_id, workflow_id) REFERENCES workflows (org_id, id) ON DELETE CASCADE
);
SELECT migration.tenant_table('workflow_steps');

-- What the reader did in its turns. A killed worker's successor goes on after the last recorded one. text is the snapshot that quotations
-- are checked against.
CREATE TABLE research_actions (
  org_id      text NOT NULL,
  id          uuid NOT NULL,
  workflow_id uuid NOT NULL,
  turn        integer NOT NULL CHECK (turn > 0),
  position    integer NOT NULL CHECK (position >= 0), -- 0: the model's answer of the turn; 1…: its actions
  tool        text NOT NULL,
  argument    text NOT NULL DEFAULT '',
  outcome     text NOT NULL CHECK (outcome IN ('ok', 'failed')),
  note        text NOT NULL DEFAULT '',
  answer      jsonb,
  sources     jsonb NOT NULL DEFAULT '[]',
  tokens_in   bigint NOT NULL DEFAULT 0,
  tokens_out  bigint NOT NULL DEFAULT 0,
  cost_micros bigint NOT NULL DEFAULT 0,
  took        interval NOT NULL DEFAULT '0',
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, id),
  UNIQUE (org_id, workflow_id, turn, position),
  FOREIGN KEY (org_id, workflow_id) REFERENCES workflows (org_id, id) ON DELETE CASCADE
);
SELECT migration.tenant_table('research_actions');

CREATE TABLE drafts (
  org_id      text NOT NULL,
  id          uuid NOT NULL DEFAULT gen_random_uuid(),
  workflow_id uuid NOT NULL,
  version     integer NOT NULL CHECK (version > 0),
  subject     text NOT NULL,
  body        text NOT NULL,
  author      text, -- NULL: the model
  facts_used  jsonb NOT NULL DEFAULT '[]',
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, id),
  UNIQUE (org_id, workflow_id, version),
  FOREIGN KEY (org_id, workflow_id) REFERENCES workflows (org_id, id) ON DELETE CASCADE
);
SELECT migration.tenant_table('drafts');

-- One row for every decision of a person on a run; the run's state says which one stands.
CREATE TABLE decisions (
  org_id        text NOT NULL,
  id            uuid NOT NULL DEFAULT gen_random_uuid(),
  workflow_id   uuid NOT NULL,
  decision      text NOT NULL CHECK (decision IN ('approved', 'rejected', 'undone', 'cancelled', 'retried', 'confirmed_sent', 'send_again',
                  'reopened', 'redraft_wanted')),
  draft_version integer NOT NULL,
  decided_by    text NOT NULL,
  surface       text NOT NULL,
  reason        text NOT NULL DEFAULT '',
  note          text NOT NULL DEFAULT '',
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, workflow_id) REFERENCES workflows (org_id, id) ON DELETE CASCADE
);
CREATE INDEX decisions_of_run ON decisions (org_id, workflow_id, created_at);
SELECT migration.tenant_table('decisions');

-- Every email that may leave, fixed word for word before it does. queued: may be handed over. handing_over: the mark set just before the
-- message itself is transmitted; a worker that finds it there cannot know whether the message went. number counts repeats that a person
-- asked for.
CREATE TABLE emails (
  org_id          text NOT NULL,
  id              uuid NOT NULL,
  workflow_id     uuid NOT NULL,
  number          integer NOT NULL CHECK (number > 0),
  kind            text NOT NULL CHECK (kind IN ('reply', 'handover')),
  draft_version   integer,
  from_name       text NOT NULL DEFAULT '',
  reply_to        text NOT NULL DEFAULT '',
  to_address      text NOT NULL,
  subject         text NOT NULL,
  body            text NOT NULL,
  status          text NOT NULL CHECK (status IN ('queued', 'handing_over', 'sent', 'doubtful', 'refused', 'dropped')),
  message_id      text NOT NULL,
  handed_over_at  timestamptz,
  sent_at         timestamptz,
  error           text,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, id),
  UNIQUE (org_id, workflow_id, number),
  FOREIGN KEY (org_id, workflow_id) REFERENCES workflows (org_id, id) ON DELETE CASCADE
);
SELECT migration.tenant_table('emails');

-- What happened, as the lead's page tells it.
CREATE TABLE timeline (
  org_id      text NOT NULL,
  id          bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  workflow_id uuid NOT NULL,
  kind        text NOT NULL,
  data        jsonb NOT NULL DEFAULT '{}',
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, workflow_id) REFERENCES workflows (org_id, id) ON DELETE CASCADE
);
CREATE INDEX timeline_of_run ON timeline (org_id, workflow_id, id);
SELECT migration.tenant_table('timeline');

-- Who changed what. The log can only grow; personal values stand apart, so that erasing a person leaves it whole.
CREATE TABLE audit_log (
  org_id       text NOT NULL REFERENCES organizations ON DELETE CASCADE,
  id           uuid NOT NULL DEFAULT gen_random_uuid(),
  actor_kind   text NOT NULL,
  actor_id     text NOT NULL DEFAULT '',
  surface      text NOT NULL,
  action       text NOT NULL,
  subject_kind text NOT NULL,
  subject_id   text NOT NULL,
  fields       text[] NOT NULL DEFAULT '{}',
  at           timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (org_id, id)
);
CREATE INDEX audit_log_newest ON audit_log (org_id, at DESC, id DESC);
CREATE INDEX audit_log_of_subject ON audit_log (org_id, subject_kind, subject_id, at DESC);
SELECT migration.tenant_table('audit_log', 'SELECT, INSERT');

CREATE TABLE audit_values (
  org_id   text NOT NULL,
  audit_id uuid NOT NULL,
  lead_id  uuid NOT NULL,
  before   jsonb NOT NULL DEFAULT '{}',
  after    jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (org_id, audit_id),
  FOREIGN KEY (org_id, audit_id) REFERENCES audit_log (org_id, id) ON DELETE CASCADE,
  FOREIGN KEY (org_id, lead_id) REFERENCES leads (org_id, id) ON DELETE CASCADE
);
CREATE INDEX audit_values_of_lead ON audit_values (org_id, lead_id);
SELECT migration.tenant_table('audit_values', 'SELECT, INSERT, DELETE');

-- +goose Down
DROP TABLE audit_values, audit_log, timeline, emails, decisions, drafts, research_actions, workflow_steps, workflows;
