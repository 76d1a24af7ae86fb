// Package engine keeps accepted commands on disk and carries each out, however often the process dies on the way.
//
// A command is inserted once per id, waits for the earlier commands of its conversation, and is handed to Config.Handle
// until that succeeds, gives up, or has used up its attempts. Within Handle a Job remembers the results of steps,
// announces effects that cannot be repeated blindly, and claims keys; all of that survives a restart.
//
// The store is an SQLite file, on which one process works, or a PostgreSQL database, on which any number of processes (replicas) do:
// a command is carried out by one of them at a time, and when that one dies, another goes on from its last step.
//
// The package is the only one that knows the job queue and the database underneath. It knows nothing of what a command means.
package engine
