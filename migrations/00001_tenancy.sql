-- The wall between organizations: the scope that every tenant row is checked against, and the helpers by which the later migrations
-- raise it. The connection that migrates carries leadagent.app_role and leadagent.resolver_role as settings.

-- +goose Up
-- +goose StatementBegin
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = current_setting('leadagent.resolver_role')) THEN
    EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', current_setting('leadagent.resolver_role'));
  END IF;
END $$;
-- +goose StatementEnd

CREATE SCHEMA app;
CREATE SCHEMA migration;

-- The organization of the running transaction. Outside a unit of work there is none, and asking raises.
-- +goose StatementBegin
CREATE FUNCTION app.current_org() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  org text := current_setting('app.org_id', true);
BEGIN
  IF org IS NULL OR org = '' THEN
    RAISE EXCEPTION 'no organization is set for this transaction' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN org;
END $$;
-- +goose StatementEnd

-- Raises the wall around a table: only rows of the current organization can be seen or written, by anybody, the table's owner included.
-- +goose StatementBegin
CREATE FUNCTION migration.tenant_table(t regclass, commands text DEFAULT 'SELECT, INSERT, UPDATE, DELETE') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  app_role text := current_setting('leadagent.app_role');
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
  EXECUTE format('CREATE POLICY tenant ON %s FOR ALL TO %I USING (org_id = (SELECT app.current_org())) '
                 'WITH CHECK (org_id = (SELECT app.current_org()))', t, app_role);
  EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', t);
  EXECUTE format('GRANT %s ON %s TO %I', commands, t, app_role);
END $$;
-- +goose StatementEnd

-- Lets the resolver role use one command on a table whatever the organization. columns narrows what it may read or write.
-- +goose StatementBegin
CREATE FUNCTION migration.resolver_may(command text, t regclass, columns text DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  resolver text := current_setting('leadagent.resolver_role');
  granted text := command || coalesce(' (' || columns || ')', '');
  clause text := CASE command WHEN 'INSERT' THEN 'WITH CHECK (true)' WHEN 'UPDATE' THEN 'USING (true) WITH CHECK (true)' ELSE 'USING (true)' END;
BEGIN
  EXECUTE format('CREATE POLICY %I ON %s FOR %s TO %I %s', 'resolver_' || lower(command), t, command, resolver, clause);
  EXECUTE format('GRANT %s ON %s TO %I', granted, t, resolver);
END $$;
-- +goose StatementEnd

-- Makes a function run as the resolver role, for the app role alone. To hand a function over one must be able to become its new owner; an
-- owner of the database that is not a member of the resolver role is one for this moment only.
-- +goose StatementBegin
CREATE FUNCTION migration.narrow(f regprocedure) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  resolver text := current_setting('leadagent.resolver_role');
  member boolean := pg_has_role(resolver, CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END);
BEGIN
  IF NOT member THEN
    EXECUTE format('GRANT %I TO current_user', resolver);
  END IF;
  EXECUTE format('GRANT CREATE ON SCHEMA app TO %I', resolver);
  EXECUTE format('ALTER FUNCTION %s OWNER TO %I', f, resolver);
  EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
  EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', f, current_setting('leadagent.app_role'));
  EXECUTE format('REVOKE CREATE ON SCHEMA app FROM %I', resolver);
  IF NOT member THEN
    EXECUTE format('REVOKE %I FROM current_user', resolver);
  END IF;
END $$;
-- +goose StatementEnd

-- Adds a foreign key to tables that may have rows already. Under FORCE the owner sees none of them, and a plain ADD FOREIGN KEY would find
-- nothing to refuse; so FORCE is lifted while the rows are checked.
-- +goose StatementBegin
CREATE FUNCTION migration.foreign_key(t regclass, columns text, target regclass, target_columns text, on_delete text DEFAULT 'NO ACTION')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', t);
  EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s ADD FOREIGN KEY (%s) REFERENCES %s (%s) ON DELETE %s', t, columns, target, target_columns, on_delete);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA app, public TO %I, %I', current_setting('leadagent.app_role'), current_setting('leadagent.resolver_role'));
  REVOKE ALL ON FUNCTION app.current_org() FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION app.current_org() TO %I', current_setting('leadagent.app_role'));
  REVOKE ALL ON ALL FUNCTIONS IN SCHEMA migration FROM PUBLIC;
END $$;
-- +goose StatementEnd

CREATE TABLE organizations (
  org_id           text PRIMARY KEY CHECK (org_id <> ''),
  name             text NOT NULL,
  slug             text NOT NULL DEFAULT '',
  plan             text NOT NULL DEFAULT 'enterprise' CHECK (plan IN ('starter', 'pro', 'enterprise')),
  over_limit       text NOT NULL DEFAULT 'hold' CHECK (over_limit IN ('hold', 'refuse')),
  support_address  text NOT NULL DEFAULT '',
  sender_name      text NOT NULL DEFAULT '',
  signature        text NOT NULL DEFAULT '',
  tone             text NOT NULL DEFAULT '',
  criteria         jsonb NOT NULL DEFAULT '{}',
  allowed_links    text[] NOT NULL DEFAULT '{}',
  decline_politely boolean NOT NULL DEFAULT false,
  undo_delay       interval NOT NULL DEFAULT '0',
  review_expire    interval,
  time_zone        text NOT NULL DEFAULT 'UTC',
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now()
);
SELECT migration.tenant_table('organizations');
SELECT migration.resolver_may('SELECT', 'organizations', 'org_id');
-- The dispatcher locks an organization's row while it counts the organization's free slots; a lock needs an UPDATE privilege.
SELECT migration.resolver_may('UPDATE', 'organizations', 'updated_at');

CREATE TABLE members (
  org_id          text NOT NULL REFERENCES organizations ON DELETE CASCADE,
  user_id         text NOT NULL CHECK (user_id <> ''),
  email           text NOT NULL DEFAULT '',
  name            text NOT NULL DEFAULT '',
  role            text NOT NULL CHECK (role IN ('org:admin', 'org:manager', 'org:member')),
  active          boolean NOT NULL DEFAULT true,
  role_changed_at timestamptz NOT NULL DEFAULT now(),
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, user_id)
);
CREATE INDEX members_email ON members (org_id, email);
SELECT migration.tenant_table('members');

CREATE TABLE forms (
  org_id          text NOT NULL REFERENCES organizations ON DELETE CASCADE,
  id              uuid NOT NULL,
  key             text NOT NULL CHECK (key <> ''),
  title           text NOT NULL DEFAULT '',
  intro           text NOT NULL DEFAULT '',
  thanks          text NOT NULL DEFAULT '',
  accent          text NOT NULL DEFAULT '',
  allowed_origins text[] NOT NULL DEFAULT '{}',
  active          boolean NOT NULL DEFAULT true,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, id),
  UNIQUE (org_id, key)
);
CREATE INDEX forms_key ON forms (key);
SELECT migration.tenant_table('forms');
SELECT migration.resolver_may('SELECT', 'forms', 'org_id, id, key, active');

-- The organization behind a form's key. A key that two organizations somehow share belongs to none, and a closed form's to nobody any more.
-- +goose StatementBegin
CREATE FUNCTION app.resolve_form(form_key text, OUT org_id text, OUT form_id uuid) RETURNS record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT min(f.org_id), min(f.id::text)::uuid FROM public.forms f WHERE f.key = form_key
  HAVING count(*) = 1 AND bool_and(f.active)
$$;
-- +goose StatementEnd
SELECT migration.narrow('app.resolve_form(text)');

-- +goose Down
DROP FUNCTION app.resolve_form(text);
DROP TABLE forms, members, organizations;
DROP SCHEMA migration CASCADE;
DROP SCHEMA app CASCADE;
-- +goose StatementBegin
DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON SCHEMA public FROM %I, %I', current_setting('leadagent.app_role'), current_setting('leadagent.resolver_role'));
END $$;
-- +goose StatementEnd
