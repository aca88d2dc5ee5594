-- Makes the app's user in the archive's database on Amazon RDS, once; running it again changes nothing.
-- deploy/README.md, "The archive in RDS", says with which command.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'attendance') THEN
        CREATE ROLE attendance LOGIN;  -- without a password: it signs in by a token of its machine's role
    END IF;
    -- Who reads (docs/archive.md); the app grants it the views when it makes them.
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'attendance_reader') THEN
        CREATE ROLE attendance_reader NOLOGIN;
    END IF;
END $$;
GRANT rds_iam TO attendance;
REVOKE ALL ON DATABASE attendance FROM PUBLIC;
GRANT CONNECT ON DATABASE attendance TO attendance, attendance_reader;
GRANT CREATE ON DATABASE attendance TO attendance;
