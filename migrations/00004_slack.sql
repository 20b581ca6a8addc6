-- Review in Slack: where an organization's cards go, the card of each run, and callbacks as they arrived.

-- +goose Up
CREATE TABLE slack_installations (
  org_id       text NOT NULL REFERENCES organizations ON DELETE CASCADE,
  team_id      text NOT NULL CHECK (team_id <> ''),
  team_name    text NOT NULL DEFAULT '',
  channel_id   text NOT NULL DEFAULT '',
  channel_name text NOT NULL DEFAULT '',
  bot_user_id  text NOT NULL DEFAULT '',
  token_sealed bytea NOT NULL,
  installed_by text NOT NULL DEFAULT '',
  installed_at timestamptz NOT NULL DEFAULT now(),
  revoked_at   timestamptz,
  PRIMARY KEY (org_id)
);
CREATE INDEX slack_installations_team ON slack_installations (team_id);
SELECT migration.tenant_table('slack_installations');
SELECT migration.resolver_may('SELECT', 'slack_installations', 'org_id, team_id, revoked_at');

-- The organization whose run a Slack workspace's button names: it must have installed that workspace and own the run.
-- +goose StatementBegin
CREATE FUNCTION app.resolve_slack_run(team text, run uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT i.org_id FROM public.slack_installations i JOIN public.workflows w ON w.org_id = i.org_id AND w.id = run
  WHERE i.team_id = team AND i.revoked_at IS NULL
$$;
-- +goose StatementEnd
SELECT migration.narrow('app.resolve_slack_run(text, uuid)');

-- The card of a run. wanted grows with every change that the card has to show, shown is what Slack has. posting is the mark set before a
-- first post: a worker that finds it looks in the channel for the card before it posts again.
CREATE TABLE slack_cards (
  org_id      text NOT NULL,
  workflow_id uuid NOT NULL,
  channel_id  text NOT NULL DEFAULT '',
  message_ts  text NOT NULL DEFAULT '',
  posting     boolean NOT NULL DEFAULT false,
  wanted      integer NOT NULL DEFAULT 1,
  shown       integer NOT NULL DEFAULT 0,
  attempt     integer NOT NULL DEFAULT 0,
  lease_until timestamptz,
  wake_at     timestamptz NOT NULL DEFAULT now(),
  failures    integer NOT NULL DEFAULT 0,
  error       text,
  updated_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, workflow_id),
  FOREIGN KEY (org_id, workflow_id) REFERENCES workflows (org_id, id) ON DELETE CASCADE
);
CREATE INDEX slack_cards_behind ON slack_cards (wake_at) WHERE wanted > shown;
SELECT migration.tenant_table('slack_cards');
SELECT migration.resolver_may('SELECT', 'slack_cards', 'org_id, workflow_id, wanted, shown, lease_until, wake_at');
SELECT migration.resolver_may('UPDATE', 'slack_cards', 'wake_at');

-- Vendors' callbacks, stored as they came before anything is done with them. org_id is NULL while no organization is known; such rows are
-- out of every organization's reach.
CREATE TABLE webhook_events (
  id           uuid NOT NULL,
  org_id       text REFERENCES organizations ON DELETE CASCADE,
  vendor       text NOT NULL CHECK (vendor IN ('slack', 'clerk', 'stripe')),
  event_id     text NOT NULL,
  workflow_id  uuid,
  body         bytea NOT NULL,
  received_at  timestamptz NOT NULL DEFAULT now(),
  wake_at      timestamptz NOT NULL DEFAULT now(),
  processed_at timestamptz,
  error        text,
  UNIQUE NULLS NOT DISTINCT (org_id, id),
  UNIQUE NULLS NOT DISTINCT (org_id, vendor, event_id),
  FOREIGN KEY (org_id, workflow_id) REFERENCES workflows (org_id, id) ON DELETE CASCADE
);
CREATE INDEX webhook_events_waiting ON webhook_events (org_id, workflow_id, received_at) WHERE processed_at IS NULL;
SELECT migration.tenant_table('webhook_events');
SELECT migration.resolver_may('SELECT', 'webhook_events', 'org_id, id, workflow_id, wake_at, processed_at');
SELECT migration.resolver_may('UPDATE', 'webhook_events', 'wake_at');

-- +goose Down
DROP TABLE webhook_events, slack_cards;
DROP FUNCTION app.resolve_slack_run(text, uuid);
DROP TABLE slack_installations;
