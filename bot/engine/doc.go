// Package engine keeps accepted jobs on disk and finishes each one, however often the process dies
// on the way.
//
// A job is inserted once per id, waits for the earlier jobs of its conversation, and is handed to
// Config.Handle until an attempt succeeds, gives up, or was the last one allowed. A job that is to
// wait long may leave its conversation, which then goes on without it. An Attempt remembers the
// results of steps, stores intentions before writes that must not happen twice, and claims keys;
// all of that survives a restart.
//
// The store is an SQLite file, on which one process works, or a PostgreSQL database, on which any
// number of processes (replicas) work: one of them has a job at a time, and when that one dies,
// another goes on from the job's last step.
//
// The package is the only one that knows the job queue and the database underneath. It does not
// know what a job means.
package engine
