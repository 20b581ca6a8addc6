-- The same transaction as the intake's, done by the server alone, for pgbench: the usage row locked and counted, the day's fingerprints looked
-- up, and lead, audit entry, run, first step, timeline entry and outbox row written.
CREATE SCHEMA bench;

-- An id in order of time, as the intake's are.
CREATE FUNCTION bench.id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || substr(md5(random()::text), 1, 20))::uuid
$$;

-- One submission in a transaction of its own, under row-level security as the app role.
CREATE FUNCTION bench.submit_one(org text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  a record;
  lead_id uuid := bench.id();
  run_id uuid := bench.id();
  print text := md5(lead_id::text) || md5(run_id::text);
BEGIN
  PERFORM set_config('app.org_id', org, true);
  SELECT o.over_limit, u.starts_at, u.used, u.lead_limit INTO a
    FROM organizations o JOIN usage_periods u ON u.org_id = o.org_id AND u.starts_at <= now() AND u.ends_at > now()
    WHERE o.org_id = org FOR NO KEY UPDATE OF u;
  PERFORM FROM leads l WHERE l.org_id = org AND l.fingerprint = print AND l.created_at > now() - interval '24 hours';
  IF FOUND OR a.lead_limit > 0 AND a.used >= a.lead_limit THEN
    RETURN;
  END IF;
  UPDATE usage_periods u SET used = u.used + 1 WHERE u.org_id = org AND u.starts_at = a.starts_at;
  INSERT INTO leads (org_id, id, reference, email, email_normalised, email_domain, name, company, company_normalised, phone, message, fingerprint,
    status, source)
  VALUES (org, lead_id, right(lead_id::text, 8), 'Pat.' || lead_id || '@Example.com', 'pat.' || lead_id || '@example.com', 'example.com', 'Pat Doe',
    'Northwind Traders', 'northwind traders', '+49 170 1234567', 'We would like to buy forty seats, and need to know the price by Friday.', print,
    'pending', '{"form": "bench", "surface": "form"}');
  INSERT INTO audit_log (org_id, actor_kind, surface, action, subject_kind, subject_id, fields)
  VALUES (org, 'prospect', 'form', 'lead.received', 'lead', lead_id, '{email,name,message,company,phone}');
  INSERT INTO workflows (org_id, id, lead_id) VALUES (org, run_id, lead_id);
  INSERT INTO workflow_steps (org_id, workflow_id, name, status, attempt, finished_at)
  VALUES (org, run_id, 'create_run', 'finished', 0, clock_timestamp());
  INSERT INTO timeline (org_id, workflow_id, kind, data) VALUES (org, run_id, 'received', '{"surface": "form"}');
  INSERT INTO outbox (org_id, workflow_id, kind, queue) VALUES (org, run_id, 'run', 'research');
END $$;

-- n submissions of random organizations in one transaction and one statement. Row-level security cannot let several organizations into one
-- statement, so this runs as a superuser: it is what the hardware would give without the wall.
CREATE FUNCTION bench.submit_many(n integer, orgs integer) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  WITH come AS MATERIALIZED (
    SELECT 'org_bench_' || lpad(floor(random() * orgs)::text, 4, '0') AS org_id, bench.id() AS lead, bench.id() AS run,
           md5(random()::text) || md5(random()::text) AS print
    FROM generate_series(1, n)),
  accounts AS MATERIALIZED (
    SELECT u.org_id, u.starts_at, u.used, u.lead_limit FROM usage_periods u
    WHERE u.org_id = ANY (ARRAY (SELECT DISTINCT c.org_id FROM come c)) AND u.starts_at <= now() AND u.ends_at > now()
    ORDER BY u.org_id FOR NO KEY UPDATE),
  fresh AS MATERIALIZED (
    SELECT c.*, a.starts_at, a.lead_limit = 0 OR a.used + row_number() OVER (PARTITION BY c.org_id ORDER BY c.lead) <= a.lead_limit AS granted
    FROM come c JOIN accounts a USING (org_id)
    WHERE NOT EXISTS (SELECT FROM leads l WHERE l.org_id = c.org_id AND l.fingerprint = c.print AND l.created_at > now() - interval '24 hours')),
  counted AS (
    UPDATE usage_periods u SET used = u.used + f.n
    FROM (SELECT org_id, starts_at, count(*) AS n FROM fresh WHERE granted GROUP BY 1, 2) f
    WHERE u.org_id = f.org_id AND u.starts_at = f.starts_at),
  stored AS (
    INSERT INTO leads (org_id, id, reference, email, email_normalised, email_domain, name, company, company_normalised, phone, message, fingerprint,
      status, source)
    SELECT org_id, lead, right(lead::text, 8), 'Pat.' || lead || '@Example.com', 'pat.' || lead || '@example.com', 'example.com', 'Pat Doe',
      'Northwind Traders', 'northwind traders', '+49 170 1234567', 'We would like to buy forty seats, and need to know the price by Friday.', print,
      CASE WHEN granted THEN 'pending' ELSE 'held' END, '{"form": "bench", "surface": "form"}' FROM fresh),
  audited AS (
    INSERT INTO audit_log (org_id, actor_kind, surface, action, subject_kind, subject_id, fields)
    SELECT org_id, 'prospect', 'form', 'lead.received', 'lead', lead, '{email,name,message,company,phone}' FROM fresh),
  runs AS (INSERT INTO workflows (org_id, id, lead_id) SELECT org_id, run, lead FROM fresh WHERE granted),
  steps AS (
    INSERT INTO workflow_steps (org_id, workflow_id, name, status, attempt, finished_at)
    SELECT org_id, run, 'create_run', 'finished', 0, clock_timestamp() FROM fresh WHERE granted),
  told AS (
    INSERT INTO timeline (org_id, workflow_id, kind, data) SELECT org_id, run, 'received', '{"surface": "form"}' FROM fresh WHERE granted)
  INSERT INTO outbox (org_id, workflow_id, kind, queue) SELECT org_id, run, 'run', 'research' FROM fresh WHERE granted
$$;
