// Package engine keeps accepted jobs on disk and finishes each one, however often the process dies
// on the way.
//
// A job is inserted once per id, waits for its turn in its conversation, and is handed to
// Config.Handle until an attempt succeeds, gives up, or was the last one allowed. A job that is to
// wait long may leave its conversation, which then goes on without it. An Attempt remembers the
// results of steps, stores intentions before writes that must not happen twice, and claims keys;
// all of that survives a restart.
//
// A conversation has two lanes, one for jobs that change something and one for those that only
// read. The jobs of a lane take turns: a job has its turn when no earlier job of its lane is
// unfinished. From its first failed attempt on a job is in no lane: nobody knows when it succeeds,
// if ever, and a conversation that waits for it would be silent for as long as all attempts take.
//
// So the jobs that succeed at once run in order, the others let them pass, and a question is
// answered while something long is done. Two lanes are enough: what a job reads does not depend on
// the jobs before it, and no job after it depends on what it has read. And two are not too many: a
// flood in one conversation keeps two workers busy and no more, as far as its attempts do not fail.
//
// What runs beside others is as safe as in its turn, since nothing that must not happen twice rests
// on turns. Jobs of different conversations run side by side anyway, and steps, intentions, claims
// and quotas are transactions of the store, which hold across all jobs and replicas. What depends
// on turns is order alone, such as which of two jobs that want the same name gets it. A job in any
// lane, or in none, counts among the unfinished jobs of its conversation, so that whoever bounds
// those bounds it as well.
//
// A job that has waited for its turn for Config.WaitingAfter may be delivered once before it, for
// Config.ReportWaiting only, with the steps of the job: what is told is told once. It is held back
// again by a transaction that sees either an unfinished job ahead, whose end releases it, or none,
// and then it is ready at once.
//
// The store is an SQLite file, on which one process works, or a PostgreSQL database, on which any
// number of processes (replicas) work: one of them has a job at a time, and when that one dies,
// another goes on from the job's last step.
//
// The package is the only one that knows the job queue and the database underneath. It does not
// know what a job means.
package engine
