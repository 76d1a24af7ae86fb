-- A store of schema version 3, before jobs had a version: pg_dump --inserts while jobs were answered, failed,
-- running, waiting, being retried and being reported, as text. It does not change.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE TYPE public.river_job_state AS ENUM (
    'available',
    'cancelled',
    'completed',
    'discarded',
    'pending',
    'retryable',
    'running',
    'scheduled'
);

CREATE FUNCTION public.river_job_state_in_bitmask(bitmask bit, state public.river_job_state) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE state
        WHEN 'available' THEN get_bit(bitmask, 7)
        WHEN 'cancelled' THEN get_bit(bitmask, 6)
        WHEN 'completed' THEN get_bit(bitmask, 5)
        WHEN 'discarded' THEN get_bit(bitmask, 4)
        WHEN 'pending'   THEN get_bit(bitmask, 3)
        WHEN 'retryable' THEN get_bit(bitmask, 2)
        WHEN 'running'   THEN get_bit(bitmask, 1)
        WHEN 'scheduled' THEN get_bit(bitmask, 0)
        ELSE 0
    END = 1;
$$;

SET default_tablespace = '';

SET default_table_access_method = heap;

CREATE TABLE public.claim (
    key text NOT NULL,
    command text NOT NULL
);

CREATE TABLE public.command (
    id text NOT NULL,
    conversation text NOT NULL,
    payload text NOT NULL,
    received bigint NOT NULL,
    state text NOT NULL,
    job bigint DEFAULT 0 NOT NULL,
    failing bigint DEFAULT 0 NOT NULL,
    cause text DEFAULT ''::text NOT NULL,
    finished bigint,
    retries bigint DEFAULT 0 NOT NULL
);

CREATE TABLE public.intent (
    command text NOT NULL,
    step text NOT NULL,
    n bigint NOT NULL,
    at bigint NOT NULL
);

CREATE TABLE public.note (
    name text NOT NULL,
    value text NOT NULL
);

CREATE TABLE public.replica (
    id bigint NOT NULL,
    replica text NOT NULL,
    name text NOT NULL,
    seen bigint NOT NULL,
    dead bigint
);

CREATE TABLE public.river_job (
    id bigint NOT NULL,
    state public.river_job_state DEFAULT 'available'::public.river_job_state NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint DEFAULT 25 NOT NULL,
    attempted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finalized_at timestamp with time zone,
    scheduled_at timestamp with time zone DEFAULT now() NOT NULL,
    priority smallint DEFAULT 1 NOT NULL,
    args jsonb NOT NULL,
    attempted_by text[],
    errors jsonb[],
    kind text NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    queue text DEFAULT 'default'::text NOT NULL,
    tags character varying(255)[] DEFAULT '{}'::character varying[] NOT NULL,
    unique_key bytea,
    unique_states bit(8),
    CONSTRAINT finalized_or_finalized_at_null CHECK ((((finalized_at IS NULL) AND (state <> ALL (ARRAY['cancelled'::public.river_job_state, 'completed'::public.river_job_state, 'discarded'::public.river_job_state]))) OR ((finalized_at IS NOT NULL) AND (state = ANY (ARRAY['cancelled'::public.river_job_state, 'completed'::public.river_job_state, 'discarded'::public.river_job_state]))))),
    CONSTRAINT kind_length CHECK (((char_length(kind) > 0) AND (char_length(kind) < 128))),
    CONSTRAINT max_attempts_is_positive CHECK ((max_attempts > 0)),
    CONSTRAINT priority_in_range CHECK (((priority >= 1) AND (priority <= 4))),
    CONSTRAINT queue_length CHECK (((char_length(queue) > 0) AND (char_length(queue) < 128)))
);

CREATE SEQUENCE public.river_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.river_job_id_seq OWNED BY public.river_job.id;

CREATE UNLOGGED TABLE public.river_leader (
    elected_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    leader_id text NOT NULL,
    name text DEFAULT 'default'::text NOT NULL,
    CONSTRAINT leader_id_length CHECK (((char_length(leader_id) > 0) AND (char_length(leader_id) < 128))),
    CONSTRAINT name_length CHECK ((name = 'default'::text))
);

CREATE TABLE public.river_migration (
    line text NOT NULL,
    version bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT line_length CHECK (((char_length(line) > 0) AND (char_length(line) < 128))),
    CONSTRAINT version_gte_1 CHECK ((version >= 1))
);

CREATE TABLE public.river_notification (
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    payload text NOT NULL,
    topic text NOT NULL,
    CONSTRAINT topic_length CHECK (((length(topic) > 0) AND (length(topic) < 128)))
);

CREATE SEQUENCE public.river_notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.river_notification_id_seq OWNED BY public.river_notification.id;

CREATE TABLE public.river_queue (
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    paused_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

CREATE TABLE public.schema_version (
    version bigint NOT NULL
);

CREATE TABLE public.step (
    command text NOT NULL,
    step text NOT NULL,
    result text NOT NULL
);

ALTER TABLE ONLY public.river_job ALTER COLUMN id SET DEFAULT nextval('public.river_job_id_seq'::regclass);

ALTER TABLE ONLY public.river_notification ALTER COLUMN id SET DEFAULT nextval('public.river_notification_id_seq'::regclass);

INSERT INTO public.claim VALUES ('form of answered', 'answered');
INSERT INTO public.claim VALUES ('form of running', 'running');

INSERT INTO public.command VALUES ('failed', 'b', '{}', 1795964451605232, 'failed', 2, 1, 'no room for failed', 1795964451626062, 0);
INSERT INTO public.command VALUES ('answered', 'a', '{}', 1795964451605232, 'done', 1, 0, '', 1795964451633873, 0);
INSERT INTO public.command VALUES ('running', 's', '{"text":"/newroom Q2 é"}', 1795964451652260, 'open', 3, 0, '', NULL, 0);
INSERT INTO public.command VALUES ('waiting', 's', '{}', 1795964451652260, 'open', 4, 0, '', NULL, 0);
INSERT INTO public.command VALUES ('retrying', 't', '{}', 1795964451652261, 'open', 5, 0, '', NULL, 0);
INSERT INTO public.command VALUES ('reporting', 'u', '{}', 1795964451652261, 'failing', 6, 1, 'no room for reporting', NULL, 0);

INSERT INTO public.intent VALUES ('answered', 'create', 1, 1795964451625803);
INSERT INTO public.intent VALUES ('running', 'add', 1, 1795964451661785);

INSERT INTO public.note VALUES ('heard', '{"feed":"f1"}');

INSERT INTO public.replica VALUES (1480558593, 'before', 'before/583f8801', 1795964451592428, NULL);

INSERT INTO public.river_job VALUES (2, 'discarded', 1, 32767, '2026-11-29 15:00:51.611577+00', '2026-11-29 15:00:51.605371+00', '2026-11-29 15:00:51.626062+00', '2026-11-29 15:00:51.605371+00', 1, '{"command": "failed"}', '{before/583f8801}', NULL, 'command', '{}', 'default', '{}', NULL, NULL);
INSERT INTO public.river_job VALUES (1, 'completed', 1, 32767, '2026-11-29 15:00:51.611577+00', '2026-11-29 15:00:51.605371+00', '2026-11-29 15:00:51.633873+00', '2026-11-29 15:00:51.605371+00', 1, '{"command": "answered"}', '{before/583f8801}', NULL, 'command', '{}', 'default', '{}', NULL, NULL);
INSERT INTO public.river_job VALUES (4, 'pending', 0, 32767, NULL, '2026-11-29 15:00:51.652325+00', NULL, '2026-11-29 15:00:51.652325+00', 1, '{"command": "waiting"}', NULL, NULL, 'command', '{}', 'default', '{}', NULL, NULL);
INSERT INTO public.river_job VALUES (3, 'running', 1, 32767, '2026-11-29 15:00:51.655937+00', '2026-11-29 15:00:51.652325+00', NULL, '2026-11-29 15:00:51.652325+00', 1, '{"command": "running"}', '{before/583f8801}', NULL, 'command', '{}', 'default', '{}', NULL, NULL);
INSERT INTO public.river_job VALUES (6, 'running', 1, 32767, '2026-11-29 15:00:51.655937+00', '2026-11-29 15:00:51.652325+00', NULL, '2026-11-29 15:00:51.652325+00', 1, '{"command": "reporting"}', '{before/583f8801}', NULL, 'command', '{}', 'default', '{}', NULL, NULL);
INSERT INTO public.river_job VALUES (5, 'available', 1, 32767, '2026-11-29 15:00:51.655937+00', '2026-11-29 15:00:51.652325+00', NULL, '2026-11-29 15:00:52.659632+00', 1, '{"command": "retrying"}', '{before/583f8801}', '{"{\"at\": \"2026-11-29T15:00:51.659632Z\", \"error\": \"broken\", \"trace\": \"\", \"attempt\": 1}"}', 'command', '{}', 'default', '{}', NULL, NULL);

INSERT INTO public.river_leader VALUES ('2026-11-29 15:00:51.607153+00', '2026-11-29 15:01:06.607153+00', 'before/583f8801', 'default');

INSERT INTO public.river_migration VALUES ('main', 1, '2026-11-29 15:00:51.371249+00');
INSERT INTO public.river_migration VALUES ('main', 2, '2026-11-29 15:00:51.376717+00');
INSERT INTO public.river_migration VALUES ('main', 3, '2026-11-29 15:00:51.418029+00');
INSERT INTO public.river_migration VALUES ('main', 4, '2026-11-29 15:00:51.426467+00');
INSERT INTO public.river_migration VALUES ('main', 5, '2026-11-29 15:00:51.443431+00');
INSERT INTO public.river_migration VALUES ('main', 6, '2026-11-29 15:00:51.473639+00');
INSERT INTO public.river_migration VALUES ('main', 7, '2026-11-29 15:00:51.490724+00');

INSERT INTO public.river_queue VALUES ('default', '2026-11-29 15:00:51.604503+00', '{}', NULL, '2026-11-29 15:00:51.604503+00');

INSERT INTO public.schema_version VALUES (1);
INSERT INTO public.schema_version VALUES (2);
INSERT INTO public.schema_version VALUES (3);

INSERT INTO public.step VALUES ('answered', 'create', '{"id":"r0","names":["é"]}');
INSERT INTO public.step VALUES ('running', 'create', '{"id":"r1","names":["é"]}');

SELECT pg_catalog.setval('public.river_job_id_seq', 6, true);

SELECT pg_catalog.setval('public.river_notification_id_seq', 1, false);

ALTER TABLE ONLY public.claim
    ADD CONSTRAINT claim_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.command
    ADD CONSTRAINT command_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.intent
    ADD CONSTRAINT intent_pkey PRIMARY KEY (command, step, n);

ALTER TABLE ONLY public.note
    ADD CONSTRAINT note_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.replica
    ADD CONSTRAINT replica_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.river_job
    ADD CONSTRAINT river_job_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.river_leader
    ADD CONSTRAINT river_leader_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.river_migration
    ADD CONSTRAINT river_migration_pkey1 PRIMARY KEY (line, version);

ALTER TABLE ONLY public.river_notification
    ADD CONSTRAINT river_notification_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.river_queue
    ADD CONSTRAINT river_queue_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.step
    ADD CONSTRAINT step_pkey PRIMARY KEY (command, step);

CREATE INDEX claim_command ON public.claim USING btree (command);

CREATE INDEX command_failed ON public.command USING btree (finished) WHERE (state = 'failed'::text);

CREATE INDEX command_failing ON public.command USING btree (job) WHERE (state = 'failing'::text);

CREATE INDEX command_finished ON public.command USING btree (finished, id) WHERE (finished IS NOT NULL);

CREATE INDEX command_open ON public.command USING btree (conversation, job) WHERE (finished IS NULL);

CREATE INDEX river_job_args_index ON public.river_job USING gin (args);

CREATE INDEX river_job_kind ON public.river_job USING btree (kind);

CREATE INDEX river_job_metadata_index ON public.river_job USING gin (metadata);

CREATE INDEX river_job_prioritized_fetching_index ON public.river_job USING btree (state, queue, priority, scheduled_at, id);

CREATE INDEX river_job_state_and_finalized_at_index ON public.river_job USING btree (state, finalized_at) WHERE (finalized_at IS NOT NULL);

CREATE UNIQUE INDEX river_job_unique_idx ON public.river_job USING btree (unique_key) WHERE ((unique_key IS NOT NULL) AND (unique_states IS NOT NULL) AND public.river_job_state_in_bitmask(unique_states, state));

CREATE INDEX river_notification_created_at_idx ON public.river_notification USING btree (created_at);

CREATE INDEX river_notification_topic_id_idx ON public.river_notification USING btree (topic, id);
