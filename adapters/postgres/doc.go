// Package postgres owns the database: the pool, the unit of work that sets the organization for row-level security, the repositories
// inside it, the intake, the outbox's relay side, the migrations' run and the proofs that the wall between organizations stands.
//
// Every statement on tenant data runs as the app role in a transaction that names its organization. What has to be known before an
// organization is (a form's key, what is due for whom) goes through the few definer functions in schema app and nothing else.
//
// It must not know HTTP, queues, vendors, or who may do what: permission is the use cases' matter.
package postgres
