-- What comes in: leads, how they count against the plan, and what makes a repeated submission the same one.

-- +goose Up
CREATE TABLE usage_periods (
  org_id     text NOT NULL REFERENCES organizations ON DELETE CASCADE,
  starts_at  timestamptz NOT NULL,
  ends_at    timestamptz NOT NULL CHECK (ends_at > starts_at),
  used       integer NOT NULL DEFAULT 0 CHECK (used >= 0),
  lead_limit integer NOT NULL DEFAULT 0 CHECK (lead_limit >= 0), -- 0: unlimited
  PRIMARY KEY (org_id, starts_at),
  CHECK (lead_limit = 0 OR used <= lead_limit)
);
SELECT migration.tenant_table('usage_periods');

CREATE TABLE leads (
  org_id                 text NOT NULL REFERENCES organizations ON DELETE CASCADE,
  id                     uuid NOT NULL,
  user_id                text,
  assigned_to            text,
  form_id                uuid,
  reference              text NOT NULL,
  email                  text NOT NULL,
  email_normalised       text NOT NULL,
  email_domain           text NOT NULL,
  name                   text NOT NULL,
  company                text,
  company_normalised     text,
  phone                  text,
  message                text NOT NULL,
  fingerprint            text NOT NULL,
  qualification_category text CHECK (qualification_category IN ('QUALIFIED', 'FOLLOW_UP', 'SUPPORT', 'UNQUALIFIED')),
  qualification_reason   text,
  status                 text NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'closed', 'held', 'quarantined')),
  quarantine_reason      text,
  source                 jsonb NOT NULL DEFAULT '{}',
  created_at             timestamptz NOT NULL DEFAULT now(),
  updated_at             timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, form_id) REFERENCES forms (org_id, id),
  FOREIGN KEY (org_id, user_id) REFERENCES members (org_id, user_id),
  FOREIGN KEY (org_id, assigned_to) REFERENCES members (org_id, user_id)
);
CREATE UNIQUE INDEX leads_reference ON leads (org_id, reference);
CREATE INDEX leads_newest ON leads (org_id, created_at DESC, id DESC);
CREATE INDEX leads_by_status ON leads (org_id, status, created_at DESC, id DESC);
CREATE INDEX leads_by_category ON leads (org_id, qualification_category, created_at DESC, id DESC);
CREATE INDEX leads_by_owner ON leads (org_id, assigned_to, created_at DESC, id DESC);
CREATE INDEX leads_by_person ON leads (org_id, email_normalised, created_at DESC);
CREATE INDEX leads_by_domain ON leads (org_id, email_domain, created_at DESC);
CREATE INDEX leads_by_company ON leads (org_id, company_normalised, created_at DESC);
CREATE INDEX leads_by_fingerprint ON leads (org_id, fingerprint, created_at DESC);
SELECT migration.tenant_table('leads');

CREATE TABLE idempotency_keys (
  org_id     text NOT NULL REFERENCES organizations ON DELETE CASCADE,
  key        text NOT NULL,
  body_hash  text NOT NULL,
  lead_id    uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, key),
  FOREIGN KEY (org_id, lead_id) REFERENCES leads (org_id, id) ON DELETE CASCADE
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (org_id, created_at);
SELECT migration.tenant_table('idempotency_keys');

-- +goose Down
DROP TABLE idempotency_keys, leads, usage_periods;
