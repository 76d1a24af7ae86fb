-- A store of schema version 3, before jobs had a version: VACUUM INTO while jobs were answered, failed,
-- running, waiting, being retried and being reported, as text. It does not change.
CREATE TABLE claim (key TEXT PRIMARY KEY, command TEXT NOT NULL);
INSERT INTO "claim" VALUES('form of answered','answered');
INSERT INTO "claim" VALUES('form of running','running');
CREATE TABLE command (
			id TEXT PRIMARY KEY,
			conversation TEXT NOT NULL,
			payload TEXT NOT NULL,
			received BIGINT NOT NULL,
			state TEXT NOT NULL,
			job BIGINT NOT NULL DEFAULT 0,
			failing BIGINT NOT NULL DEFAULT 0,
			cause TEXT NOT NULL DEFAULT '',
			finished BIGINT
		, retries BIGINT NOT NULL DEFAULT 0);
INSERT INTO "command" VALUES('answered','a','{}',1795964450341777,'done',1,0,'',1795964450375000,0);
INSERT INTO "command" VALUES('failed','b','{}',1795964450341777,'failed',2,1,'no room for failed',1795964450373000,0);
INSERT INTO "command" VALUES('running','s','{"text":"/newroom Q2 é"}',1795964450382510,'open',3,0,'',NULL,0);
INSERT INTO "command" VALUES('waiting','s','{}',1795964450382511,'open',4,0,'',NULL,0);
INSERT INTO "command" VALUES('retrying','t','{}',1795964450382511,'open',5,0,'',NULL,0);
INSERT INTO "command" VALUES('reporting','u','{}',1795964450382511,'failing',6,1,'no room for reporting',NULL,0);
CREATE TABLE intent (
			command TEXT NOT NULL, step TEXT NOT NULL, n BIGINT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (command, step, n)
		);
INSERT INTO "intent" VALUES('answered','create',1,1795964450372000);
INSERT INTO "intent" VALUES('running','add',1,1795964450400000);
CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO "note" VALUES('heard','{"feed":"f1"}');
CREATE TABLE replica (
			id BIGINT PRIMARY KEY, replica TEXT NOT NULL, name TEXT NOT NULL, seen BIGINT NOT NULL, dead BIGINT
		);
CREATE TABLE river_job (
    id integer PRIMARY KEY, -- SQLite makes this autoincrementing automatically
    args blob NOT NULL DEFAULT (jsonb('{}')),
    attempt integer NOT NULL DEFAULT 0,
    attempted_at timestamp,
    attempted_by blob, -- json
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    errors blob, -- json
    finalized_at timestamp,
    kind text NOT NULL,
    metadata blob NOT NULL DEFAULT (jsonb('{}')),
    priority integer NOT NULL DEFAULT 1,
    queue text NOT NULL DEFAULT 'default',
    state text NOT NULL DEFAULT 'available',
    scheduled_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    tags blob NOT NULL DEFAULT (jsonb('[]')),
    unique_key blob,
    unique_states integer, max_attempts integer NOT NULL DEFAULT 25,
    CONSTRAINT finalized_or_finalized_at_null CHECK (
        (finalized_at IS NULL AND state NOT IN ('cancelled', 'completed', 'discarded')) OR
        (finalized_at IS NOT NULL AND state IN ('cancelled', 'completed', 'discarded'))
    ),
    CONSTRAINT priority_in_range CHECK (priority >= 1 AND priority <= 4),
    CONSTRAINT queue_length CHECK (length(queue) > 0 AND length(queue) < 128),
    CONSTRAINT kind_length CHECK (length(kind) > 0 AND length(kind) < 128),
    CONSTRAINT state_valid CHECK (state IN ('available', 'cancelled', 'completed', 'discarded', 'pending', 'retryable', 'running', 'scheduled'))
);
INSERT INTO "river_job" VALUES(1,X'CC1177636F6D6D616E6487616E737765726564',1,'2026-11-29 15:00:50.361',X'7B676265666F7265','2026-11-29 15:00:50.342',NULL,'2026-11-29 15:00:50.375','command',X'CC26C71272697665723A756E697175655F6E6F6E6365C71035613835636461666638373363303737',1,'default','completed','2026-11-29 15:00:50.342',X'0B',NULL,NULL,32767);
INSERT INTO "river_job" VALUES(2,X'CC0F77636F6D6D616E64676661696C6564',1,'2026-11-29 15:00:50.361',X'7B676265666F7265','2026-11-29 15:00:50.342',NULL,'2026-11-29 15:00:50.373','command',X'CC26C71272697665723A756E697175655F6E6F6E6365C71035613835636461666638373363303737',1,'default','discarded','2026-11-29 15:00:50.342',X'0B',NULL,NULL,32767);
INSERT INTO "river_job" VALUES(3,X'CC1077636F6D6D616E647772756E6E696E67',1,'2026-11-29 15:00:50.390',X'7B676265666F7265','2026-11-29 15:00:50.382',NULL,NULL,'command',X'CC26C71272697665723A756E697175655F6E6F6E6365C71065353035356262333264303238613938',1,'default','running','2026-11-29 15:00:50.382',X'0B',NULL,NULL,32767);
INSERT INTO "river_job" VALUES(4,X'CC1077636F6D6D616E647777616974696E67',0,NULL,NULL,'2026-11-29 15:00:50.382',NULL,NULL,'command',X'CC26C71272697665723A756E697175655F6E6F6E6365C71065353035356262333264303238613938',1,'default','pending','2026-11-29 15:00:50.382',X'0B',NULL,NULL,32767);
INSERT INTO "river_job" VALUES(5,X'CC1177636F6D6D616E64877265747279696E67',1,'2026-11-29 15:00:50.390',X'7B676265666F7265','2026-11-29 15:00:50.382',X'CB3DCC3B276174C718323032362D31312D32395431353A30303A35302E3339395A77617474656D70741331576572726F726762726F6B656E57747261636507',NULL,'command',X'CC26C71272697665723A756E697175655F6E6F6E6365C71065353035356262333264303238613938',1,'default','available','2026-11-29 15:00:51.399',X'0B',NULL,NULL,32767);
INSERT INTO "river_job" VALUES(6,X'CC1277636F6D6D616E64977265706F7274696E67',1,'2026-11-29 15:00:50.390',X'7B676265666F7265','2026-11-29 15:00:50.382',NULL,NULL,'command',X'CC26C71272697665723A756E697175655F6E6F6E6365C71065353035356262333264303238613938',1,'default','running','2026-11-29 15:00:50.382',X'0B',NULL,NULL,32767);
CREATE TABLE river_leader (
    elected_at timestamp NOT NULL,
    expires_at timestamp NOT NULL,
    leader_id text NOT NULL,
    name text PRIMARY KEY NOT NULL DEFAULT 'default' CHECK (name = 'default'),
    CONSTRAINT name_length CHECK (length(name) > 0 AND length(name) < 128),
    CONSTRAINT leader_id_length CHECK (length(leader_id) > 0 AND length(leader_id) < 128)
);
INSERT INTO "river_leader" VALUES('2026-11-29 15:00:50.355','2026-11-29 15:01:05.355','before','default');
CREATE TABLE river_migration (
    line text NOT NULL,
    version integer NOT NULL,
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT line_length CHECK (length(line) > 0 AND length(line) < 128),
    CONSTRAINT version_gte_1 CHECK (version >= 1),
    PRIMARY KEY (line, version)
);
INSERT INTO "river_migration" VALUES('main',1,'2026-11-29 15:00:50');
INSERT INTO "river_migration" VALUES('main',2,'2026-11-29 15:00:50');
INSERT INTO "river_migration" VALUES('main',3,'2026-11-29 15:00:50');
INSERT INTO "river_migration" VALUES('main',4,'2026-11-29 15:00:50');
INSERT INTO "river_migration" VALUES('main',5,'2026-11-29 15:00:50');
INSERT INTO "river_migration" VALUES('main',6,'2026-11-29 15:00:50');
INSERT INTO "river_migration" VALUES('main',7,'2026-11-29 15:00:50');
CREATE TABLE river_notification (
    id integer PRIMARY KEY AUTOINCREMENT,
    created_at timestamp NOT NULL DEFAULT (datetime('now', 'subsec')),
    payload text NOT NULL,
    topic text NOT NULL,
    CONSTRAINT topic_length CHECK (length(topic) > 0 AND length(topic) < 128)
);
CREATE TABLE river_queue (
    name text PRIMARY KEY NOT NULL,
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    metadata blob NOT NULL DEFAULT (jsonb('{}')),
    paused_at timestamp,
    updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO "river_queue" VALUES('default','2026-11-29 15:00:50.351',X'0C',NULL,'2026-11-29 15:00:50.351');
CREATE TABLE schema_version (version BIGINT NOT NULL);
INSERT INTO "schema_version" VALUES(1);
INSERT INTO "schema_version" VALUES(2);
INSERT INTO "schema_version" VALUES(3);
CREATE TABLE step (
			command TEXT NOT NULL, step TEXT NOT NULL, result TEXT NOT NULL, PRIMARY KEY (command, step)
		);
INSERT INTO "step" VALUES('answered','create','{"id":"r0","names":["é"]}');
INSERT INTO "step" VALUES('running','create','{"id":"r1","names":["é"]}');
CREATE INDEX river_notification_created_at_idx ON river_notification (created_at);
CREATE INDEX river_notification_topic_id_idx ON river_notification (topic, id);
CREATE INDEX river_job_kind ON river_job (kind);
CREATE INDEX river_job_state_and_finalized_at_index ON river_job (state, finalized_at) WHERE finalized_at IS NOT NULL;
CREATE INDEX river_job_prioritized_fetching_index ON river_job (state, queue, priority, scheduled_at, id);
CREATE UNIQUE INDEX river_job_unique_idx ON river_job (unique_key)
    WHERE unique_key IS NOT NULL
        AND unique_states IS NOT NULL
        AND CASE state
            WHEN 'available' THEN unique_states & (1 << 0)
            WHEN 'cancelled' THEN unique_states & (1 << 1)
            WHEN 'completed' THEN unique_states & (1 << 2)
            WHEN 'discarded' THEN unique_states & (1 << 3)
            WHEN 'pending'   THEN unique_states & (1 << 4)
            WHEN 'retryable' THEN unique_states & (1 << 5)
            WHEN 'running'   THEN unique_states & (1 << 6)
            WHEN 'scheduled' THEN unique_states & (1 << 7)
            ELSE 0
        END >= 1;
CREATE INDEX command_open ON command (conversation, job) WHERE finished IS NULL;
CREATE INDEX command_finished ON command (finished, id) WHERE finished IS NOT NULL;
CREATE INDEX command_failed ON command (finished) WHERE state = 'failed';
CREATE INDEX claim_command ON claim (command);
CREATE INDEX command_failing ON command (job) WHERE state = 'failing';
