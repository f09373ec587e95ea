BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE answers (
	answer_id INTEGER NOT NULL, 
	round_id INTEGER NOT NULL, 
	participant_id VARCHAR(32) NOT NULL, 
	item VARCHAR(200) NOT NULL, 
	value JSON, 
	"key" VARCHAR(240) NOT NULL, 
	given_at DATETIME NOT NULL, 
	PRIMARY KEY (answer_id), 
	CONSTRAINT one_answer_a_key UNIQUE (participant_id, "key"), 
	FOREIGN KEY(round_id) REFERENCES rounds (round_id), 
	FOREIGN KEY(participant_id) REFERENCES participants (participant_id)
);
INSERT INTO "answers" VALUES(1,1,'p1','q',4,'key-00000001','2026-11-02 09:06:00.000000');
INSERT INTO "answers" VALUES(2,1,'p2','q',2,'key-00000002','2026-11-02 09:07:00.000000');
CREATE TABLE decisions (
	decision_id INTEGER NOT NULL, 
	session_id INTEGER NOT NULL, 
	kind VARCHAR(12) NOT NULL, 
	subject VARCHAR(80) NOT NULL, 
	version INTEGER NOT NULL, 
	what TEXT NOT NULL, 
	why TEXT NOT NULL, 
	expects_of_marketing TEXT NOT NULL, 
	expects_of_sales TEXT NOT NULL, 
	owner_id INTEGER NOT NULL, 
	review_on DATE NOT NULL, 
	content JSON, 
	round_id INTEGER, 
	vote JSON, 
	dissent JSON NOT NULL, 
	signed_sales_id INTEGER, 
	signed_marketing_id INTEGER, 
	replaces INTEGER, 
	decided_at DATETIME NOT NULL, 
	PRIMARY KEY (decision_id), 
	CONSTRAINT one_decision_a_version UNIQUE (kind, subject, version), 
	FOREIGN KEY(session_id) REFERENCES sessions (session_id), 
	FOREIGN KEY(owner_id) REFERENCES people (person_id), 
	FOREIGN KEY(round_id) REFERENCES rounds (round_id), 
	FOREIGN KEY(signed_sales_id) REFERENCES people (person_id), 
	FOREIGN KEY(signed_marketing_id) REFERENCES people (person_id), 
	UNIQUE (replaces), 
	FOREIGN KEY(replaces) REFERENCES decisions (decision_id)
);
INSERT INTO "decisions" VALUES(1,1,'goal','goal',1,'500,000 of extra pipeline','It pays for two colleagues.','310 MQLs','A call within a day',1,'2027-02-01','{"kind": "pipeline", "target": 500000.0, "period": "2027Q1"}',NULL,'{"sales": {"yes": 4, "no": 0}, "marketing": {"yes": 4, "no": 0}}','[]',1,2,NULL,'2026-11-02 09:30:00.000000');
CREATE TABLE drafts (
	draft_id INTEGER NOT NULL, 
	session_id INTEGER NOT NULL, 
	kind VARCHAR(12) NOT NULL, 
	subject VARCHAR(80) NOT NULL, 
	side VARCHAR(9) NOT NULL, 
	content JSON NOT NULL, 
	made_at DATETIME NOT NULL, 
	PRIMARY KEY (draft_id), 
	FOREIGN KEY(session_id) REFERENCES sessions (session_id)
);
INSERT INTO "drafts" VALUES(1,1,'goal','goal','joint','{"kind":"pipeline"}','2026-11-02 09:09:00.000000');
CREATE TABLE finished (
	round_id INTEGER NOT NULL, 
	participant_id VARCHAR(32) NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (round_id, participant_id), 
	FOREIGN KEY(round_id) REFERENCES rounds (round_id), 
	FOREIGN KEY(participant_id) REFERENCES participants (participant_id)
);
INSERT INTO "finished" VALUES(1,'p1','2026-11-02 09:08:00.000000');
CREATE TABLE participants (
	participant_id VARCHAR(32) NOT NULL, 
	session_id INTEGER NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	team VARCHAR(9) NOT NULL, 
	language VARCHAR(2) NOT NULL, 
	means VARCHAR(6) NOT NULL, 
	person_id INTEGER, 
	joined_at DATETIME NOT NULL, 
	PRIMARY KEY (participant_id), 
	CONSTRAINT known_team CHECK (team IN ('sales', 'marketing', 'other')), 
	CONSTRAINT known_means CHECK (means IN ('phone', 'shared', 'card')), 
	FOREIGN KEY(session_id) REFERENCES sessions (session_id), 
	UNIQUE (token_hash), 
	FOREIGN KEY(person_id) REFERENCES people (person_id)
);
INSERT INTO "participants" VALUES('p1',1,'aa','sales','nl','phone',NULL,'2026-11-02 09:01:00.000000');
INSERT INTO "participants" VALUES('p2',1,'bb','marketing','en','shared',2,'2026-11-02 09:02:00.000000');
CREATE TABLE people (
	person_id INTEGER NOT NULL, 
	name VARCHAR(120) NOT NULL, 
	team VARCHAR(9) NOT NULL, 
	PRIMARY KEY (person_id)
);
INSERT INTO "people" VALUES(1,'Eva Peeters','sales');
INSERT INTO "people" VALUES(2,'Tom Janssens','marketing');
CREATE TABLE rounds (
	round_id INTEGER NOT NULL, 
	session_id INTEGER NOT NULL, 
	exercise VARCHAR(60) NOT NULL, 
	content JSON NOT NULL, 
	named BOOLEAN NOT NULL, 
	minutes INTEGER, 
	repeats INTEGER, 
	opened_at DATETIME NOT NULL, 
	revealed_at DATETIME, 
	ended_early BOOLEAN NOT NULL, 
	open BOOLEAN, 
	PRIMARY KEY (round_id), 
	CONSTRAINT one_open_round UNIQUE (session_id, open), 
	FOREIGN KEY(session_id) REFERENCES sessions (session_id), 
	FOREIGN KEY(repeats) REFERENCES rounds (round_id)
);
INSERT INTO "rounds" VALUES(1,1,'asked','{"title":{"nl":"titel","en":"title"},"questions":[{"id":"q","kind":"statement","text":{"nl":"t","en":"t"}}]}',0,5,NULL,'2026-11-02 09:05:00.000000',NULL,0,1);
CREATE TABLE sessions (
	session_id INTEGER NOT NULL, 
	code VARCHAR(12) NOT NULL, 
	floor INTEGER NOT NULL, 
	opened_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	running BOOLEAN, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (session_id), 
	UNIQUE (code), 
	UNIQUE (running)
);
INSERT INTO "sessions" VALUES(1,'ABCDEFGH',4,'2026-11-02 09:00:00.000000',NULL,1,7);
CREATE INDEX ix_participants_session_id ON participants (session_id);
CREATE INDEX ix_rounds_session_id ON rounds (session_id);
CREATE INDEX answers_of ON answers (round_id, participant_id, item, answer_id);
CREATE INDEX drafts_of ON drafts (kind, subject, side, draft_id);
CREATE TRIGGER no_decision_is_edited BEFORE UPDATE ON decisions
        BEGIN SELECT RAISE(ABORT, 'a decision is replaced, never edited'); END;
CREATE TRIGGER no_decision_is_deleted BEFORE DELETE ON decisions
        BEGIN SELECT RAISE(ABORT, 'a decision is replaced, never deleted'); END;
COMMIT;
