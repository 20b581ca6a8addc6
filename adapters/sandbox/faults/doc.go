// Package faults holds the two instruments that every emulator of the sandbox carries: a Switch, by which a test makes the
// emulated vendor slow, silent, broken or held at an exact boundary, and a Recorder, which keeps every request that
// reached it. Control serves both over HTTP for tests that run the program as a process.
//
// It knows HTTP and nothing of any vendor: what an error looks like on the wire is for the emulator to say.
package faults
