// Package asynqueue is the doorbell and the workers on Asynq. A task carries an organization's and a run's id and asks nobody to remember anything:
// tasks may come twice, late or never, since Postgres decides what is due. It knows neither what a run is nor where it is stored.
package asynqueue
