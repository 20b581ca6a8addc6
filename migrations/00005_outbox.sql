-- The outbox and its relay. A row says that somebody has to look at a run: at the run itself, at its Slack card, or at the callbacks that
-- arrived for it. It is written with the change that calls for it and goes when the doorbell was rung. There is at most one row for each
-- run and kind: asking again before the relay came makes it due sooner.

-- +goose Up
CREATE SEQUENCE ring_numbers;

CREATE TABLE outbox (
  org_id       text NOT NULL REFERENCES organizations ON DELETE CASCADE,
  workflow_id  uuid NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('run', 'card', 'callback')),
  queue        text NOT NULL CHECK (queue IN ('research', 'approvals')),
  available_at timestamptz NOT NULL DEFAULT now(),
  ring         bigint, -- of the relay that rings now
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (org_id, workflow_id, kind),
  FOREIGN KEY (org_id, workflow_id) REFERENCES workflows (org_id, id) ON DELETE CASCADE
);
CREATE INDEX outbox_due ON outbox (queue, available_at);
CREATE INDEX outbox_by_org ON outbox (queue, org_id, available_at);
SELECT migration.tenant_table('outbox');
SELECT migration.resolver_may('SELECT', 'outbox');
SELECT migration.resolver_may('INSERT', 'outbox');
SELECT migration.resolver_may('UPDATE', 'outbox', 'available_at, ring, queue');
SELECT migration.resolver_may('DELETE', 'outbox');
-- +goose StatementBegin
DO $$
BEGIN
  EXECUTE format('GRANT USAGE ON SEQUENCE public.ring_numbers TO %I', current_setting('leadagent.resolver_role'));
END $$;
-- +goose StatementEnd

-- Takes rows that are due, gives each a new ring number and hides it for `hold`, so that a relay that dies leaves them to the next. Approvals
-- are taken in their order. Research is taken organization by organization, oldest first, while the organization has fewer than `slots` runs
-- in flight; organizations that another relay is at work on are passed over. So are runs that a worker or a person is just writing: whoever has
-- a run locked may want its outbox row next, and waiting for each other would end in a deadlock.
-- +goose StatementBegin
CREATE FUNCTION app.take_rings(most integer, slots integer, hold interval)
RETURNS TABLE (org_id text, workflow_id uuid, kind text, queue text, ring bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  o text := '';
  free integer;
  taken integer := 0;
  n integer;
BEGIN
  RETURN QUERY
    WITH due AS (
      SELECT b.org_id, b.workflow_id, b.kind
      FROM public.outbox b JOIN public.workflows w ON w.org_id = b.org_id AND w.id = b.workflow_id
      WHERE b.queue = 'approvals' AND b.available_at <= now()
      ORDER BY b.available_at LIMIT most FOR UPDATE OF b SKIP LOCKED FOR NO KEY UPDATE OF w SKIP LOCKED),
    rung AS (
      UPDATE public.workflows w SET rung_at = now(), rings = w.rings + 1
      FROM due d WHERE d.kind = 'run' AND w.org_id = d.org_id AND w.id = d.workflow_id)
    UPDATE public.outbox b SET ring = nextval('public.ring_numbers'), available_at = now() + hold
    FROM due d WHERE b.org_id = d.org_id AND b.workflow_id = d.workflow_id AND b.kind = d.kind
    RETURNING b.org_id, b.workflow_id, b.kind, b.queue, b.ring;
  LOOP
    EXIT WHEN taken >= most;
    SELECT min(b.org_id) INTO o FROM public.outbox b WHERE b.queue = 'research' AND b.org_id > o;
    EXIT WHEN o IS NULL;
    CONTINUE WHEN NOT EXISTS (SELECT FROM public.outbox b WHERE b.queue = 'research' AND b.org_id = o AND b.available_at <= now());
    PERFORM FROM public.organizations g WHERE g.org_id = o FOR NO KEY UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    SELECT slots - count(*) INTO free FROM public.workflows w
      WHERE w.org_id = o AND (w.rung_at IS NOT NULL OR w.lease_until IS NOT NULL) AND w.status NOT IN ('sending', 'awaiting_review');
    CONTINUE WHEN free <= 0;
    RETURN QUERY
      WITH due AS (
        SELECT b.org_id, b.workflow_id, b.kind
        FROM public.outbox b JOIN public.workflows w ON w.org_id = b.org_id AND w.id = b.workflow_id
        WHERE b.queue = 'research' AND b.org_id = o AND b.available_at <= now()
        ORDER BY b.available_at, b.workflow_id LIMIT least(free, most - taken)
        FOR UPDATE OF b SKIP LOCKED FOR NO KEY UPDATE OF w SKIP LOCKED),
      rung AS (
        UPDATE public.workflows w SET rung_at = now(), rings = w.rings + 1
        FROM due d WHERE w.org_id = d.org_id AND w.id = d.workflow_id)
      UPDATE public.outbox b SET ring = nextval('public.ring_numbers'), available_at = now() + hold
      FROM due d WHERE b.org_id = d.org_id AND b.workflow_id = d.workflow_id AND b.kind = d.kind
      RETURNING b.org_id, b.workflow_id, b.kind, b.queue, b.ring;
    GET DIAGNOSTICS n = ROW_COUNT;
    taken := taken + n;
  END LOOP;
END $$;
-- +goose StatementEnd
SELECT migration.narrow('app.take_rings(integer, integer, interval)');

-- Removes rows whose doorbell was rung. A row that was asked for again meanwhile has lost its ring number and stays. One that somebody is just
-- asking for again is passed over: at worst it is rung twice.
-- +goose StatementBegin
CREATE FUNCTION app.rang(rings bigint[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH done AS (SELECT b.org_id, b.workflow_id, b.kind FROM public.outbox b WHERE b.ring = ANY (rings) FOR UPDATE SKIP LOCKED)
  DELETE FROM public.outbox b USING done d WHERE b.org_id = d.org_id AND b.workflow_id = d.workflow_id AND b.kind = d.kind
$$;
-- +goose StatementEnd
CREATE INDEX outbox_ring ON outbox (ring) WHERE ring IS NOT NULL;
SELECT migration.narrow('app.rang(bigint[])');

-- Finds what was dropped: a lease that ran out (its worker died), a ring that nobody answered within `grace`, longer with every repeat (Redis
-- lost it, or the queue is long), a card or a callback left behind. All of it is due again at once. With everything = true every unanswered ring
-- counts as lost, as after a flush of Redis. Gives the number of rows made due. One sweeps at a time; for the others there is nothing to do.
-- +goose StatementBegin
CREATE FUNCTION app.sweep(grace interval, everything boolean) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found_again integer := 0;
  n integer;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('leadagent.sweep', 0)) THEN
    RETURN 0;
  END IF;
  WITH lost AS (
    SELECT w.org_id, w.id FROM public.workflows w
    WHERE w.lease_until < now()
       OR (w.rung_at IS NOT NULL AND w.lease_until IS NULL
           AND (everything OR w.rung_at < now() - grace * power(2, least(w.rings - 1, 4))))
    ORDER BY w.org_id, w.id LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED),
  freed AS (
    UPDATE public.workflows w SET rung_at = NULL, lease_until = NULL FROM lost l WHERE w.org_id = l.org_id AND w.id = l.id
    RETURNING w.org_id, w.id, w.status, w.wake_at)
  INSERT INTO public.outbox (org_id, workflow_id, kind, queue, available_at)
  SELECT f.org_id, f.id, 'run', CASE WHEN f.status IN ('sending', 'awaiting_review') THEN 'approvals' ELSE 'research' END,
         greatest(f.wake_at, now())
  FROM freed f WHERE f.wake_at IS NOT NULL
  ON CONFLICT (org_id, workflow_id, kind) DO UPDATE SET available_at = excluded.available_at, queue = excluded.queue, ring = NULL;
  GET DIAGNOSTICS n = ROW_COUNT;
  found_again := found_again + n;

  INSERT INTO public.outbox (org_id, workflow_id, kind, queue)
  SELECT w.org_id, w.id, 'run', CASE WHEN w.status IN ('sending', 'awaiting_review') THEN 'approvals' ELSE 'research' END
  FROM public.workflows w
  WHERE w.wake_at < now() - CASE WHEN everything THEN interval '0' ELSE grace END AND w.rung_at IS NULL AND w.lease_until IS NULL
    AND NOT EXISTS (SELECT FROM public.outbox b WHERE b.org_id = w.org_id AND b.workflow_id = w.id AND b.kind = 'run')
  LIMIT 1000 FOR NO KEY UPDATE OF w SKIP LOCKED
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS n = ROW_COUNT;
  found_again := found_again + n;

  WITH behind AS (
    SELECT c.org_id, c.workflow_id FROM public.slack_cards c
    WHERE c.wanted > c.shown AND c.wake_at < now() - CASE WHEN everything THEN interval '0' ELSE grace END
      AND (c.lease_until IS NULL OR c.lease_until < now())
    ORDER BY c.org_id, c.workflow_id LIMIT 1000 FOR UPDATE SKIP LOCKED),
  delayed AS (
    UPDATE public.slack_cards c SET wake_at = now() FROM behind b WHERE c.org_id = b.org_id AND c.workflow_id = b.workflow_id)
  INSERT INTO public.outbox (org_id, workflow_id, kind, queue)
  SELECT b.org_id, b.workflow_id, 'card', 'approvals' FROM behind b
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS n = ROW_COUNT;
  found_again := found_again + n;

  WITH behind AS (
    SELECT e.id, e.org_id, e.workflow_id FROM public.webhook_events e
    WHERE e.processed_at IS NULL AND e.workflow_id IS NOT NULL AND e.org_id IS NOT NULL
      AND e.wake_at < now() - CASE WHEN everything THEN interval '0' ELSE grace END
    LIMIT 1000 FOR UPDATE SKIP LOCKED),
  delayed AS (
    UPDATE public.webhook_events e SET wake_at = now() FROM behind b WHERE e.org_id = b.org_id AND e.id = b.id)
  INSERT INTO public.outbox (org_id, workflow_id, kind, queue)
  SELECT DISTINCT b.org_id, b.workflow_id, 'callback', 'approvals' FROM behind b
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN found_again + n;
END $$;
-- +goose StatementEnd
SELECT migration.narrow('app.sweep(interval, boolean)');

-- +goose Down
DROP FUNCTION app.sweep(interval, boolean);
DROP FUNCTION app.rang(bigint[]);
DROP FUNCTION app.take_rings(integer, integer, interval);
DROP TABLE outbox;
DROP SEQUENCE ring_numbers;
