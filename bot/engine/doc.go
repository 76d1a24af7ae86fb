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
// # Pauses
//
// A Pause holds jobs of a kind, in all processes on the store. The pauses in force are one row. The
// transaction of a job's first intention reads it, and keeps it from being changed until that is
// committed: when Pause returns, no further job begins to write. A job that is held leaves its lane
// with the settlement of its attempt, and comes back to its place at Resume. Who changes the row
// frees what is not held any more, a batch in each transaction; what a crash leaves held is found
// by the next poll.
//
// # Questions
//
// A job may ask people something and wait for one answer, for hours. It is held meanwhile, like by
// a pause, and counts for no bound but that of open questions. The first answer counts: one
// transaction stores it, as a result of the job, with its entry of the audit record, and makes the
// job ready. Where the time passes without an answer, a poll makes it ready.
//
// # Commits
//
// A transaction waits for the disk, and a user waits for it. So what is decided together is
// committed together, and what nothing depends on waits for the next transaction:
//
//   - A job is inserted and fetched in one transaction where a worker is free; its end, and the
//     fetch of the next one, are another.
//   - The result of a step is kept in memory until the next intention, claim or end of the attempt,
//     whose transaction stores it first, or for a quarter of a second. After SaveSoon, and of a job
//     during which the process has ended before, it is stored within some 20 ms, beside what
//     follows.
//   - ClaimWithIntention stores a claim with the next intention, or has that fail.
//
// A command that opens a room takes five: the insert; the claim, the plan and the intention of the
// room; the room, beside the adding of members, unless that is quicker; members, outcome and the
// intention of the answer; the end. The link waits for the first, the second and the fourth.
//
// The process may end at any point. Up to a commit nothing of its transaction has happened, from
// then on all of it has. So there are six places to end in, and each is safe:
//
//   - before the insert: the feed was not acknowledged and brings the event again;
//   - before the intention of the room: nothing was written in Symphony; the next attempt claims
//     and plans anew. Of two versions of a message the one whose intention is stored first has the
//     claim, and that of the other fails;
//   - before the room is stored: its intention tells that it may exist; it is looked for, once the
//     call can no longer arrive;
//   - before the intention of the answer: the room is known, or looked for as before; who is a
//     member is read from it, and adding somebody twice is adding them once; the outcome is decided
//     anew, and nobody has read the other one. (An answer that takes the place of a first one needs no
//     intention; its outcome is saved before it is shown, which is one commit more.)
//   - before the end: the intention tells that the answer may stand in the chat; it is looked for,
//     and the outcome that was stored with the intention is sent if it is not there;
//   - after the end: nothing is left to do.
//
// Whatever is stored of a job is stored in the order in which it came about: no transaction has a
// later result without the earlier ones. So an attempt after the end of the process sees a state
// that has existed, and goes on from there.
//
// # Stores
//
// The store is an SQLite file, on which one process works, or a PostgreSQL database, on which any
// number of processes (replicas) work: one of them has a job at a time, and when that one dies,
// another goes on from the job's last step.
//
// Jobs that are ready are known to the process that made them ready, which has a worker take them.
// Those of another process (a shell, a replica without a free worker) are found by a read every 0.9
// s. At rest nothing else happens but the heartbeat of a replica.
//
// The package is the only one that knows the job queue and the database underneath. It does not
// know what a job means.
package engine
