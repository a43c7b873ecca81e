-- Roles with no more privileges than they need. Run it as a role that may create roles, in the database of the application,
-- before pg-stream migrates for the first time; give the passwords and names of your own.
--
--   shop_owner          owns the application's tables and migrates them
--   pgstream_migrator   owns the catalog of pg-stream: pg-stream.catalog.user
--   pgstream_runtime    the engine: its DataSource (@PgStreamDataSource, or pg-stream.direct-url)
--   shop_writer         writes the application's tables, and knows nothing of pg-stream
--   shop_operator       hands work to the engine by CALL, with all of its rights
--   shop_reader         reads stream tables, and sees how they do: the views and functions of the catalog

CREATE ROLE shop_owner LOGIN PASSWORD 'change-me';
CREATE ROLE pgstream_migrator LOGIN PASSWORD 'change-me';
CREATE ROLE pgstream_runtime LOGIN PASSWORD 'change-me';
CREATE ROLE shop_writer LOGIN PASSWORD 'change-me';
CREATE ROLE shop_operator LOGIN PASSWORD 'change-me';
CREATE ROLE shop_reader LOGIN PASSWORD 'change-me';

-- The application's tables, and a schema for the stream tables.
CREATE SCHEMA shop AUTHORIZATION shop_owner;
CREATE SCHEMA reports AUTHORIZATION pgstream_runtime;

-- The catalog's schema, which readers and the engine may use. What can be read in it is said by the catalog itself.
CREATE SCHEMA pgstream AUTHORIZATION pgstream_migrator;
GRANT USAGE ON SCHEMA pgstream TO pgstream_runtime, shop_reader;

-- The migrator makes the other schemas of pg-stream. What it makes, the engine may use: the engine owns its buffers, states and
-- stream tables, and nothing of the catalog.
DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO pgstream_migrator', current_database()); END $$;
ALTER DEFAULT PRIVILEGES FOR ROLE pgstream_migrator GRANT USAGE, CREATE ON SCHEMAS TO pgstream_runtime;
ALTER DEFAULT PRIVILEGES FOR ROLE pgstream_migrator GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO pgstream_runtime;
ALTER DEFAULT PRIVILEGES FOR ROLE pgstream_migrator GRANT USAGE, SELECT ON SEQUENCES TO pgstream_runtime;
ALTER DEFAULT PRIVILEGES FOR ROLE pgstream_migrator GRANT EXECUTE ON FUNCTIONS TO pgstream_runtime;

-- The engine reads the application's tables and puts triggers on them; it can write none of them.
GRANT USAGE ON SCHEMA shop TO pgstream_runtime, shop_writer;
ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA shop GRANT SELECT, TRIGGER ON TABLES TO pgstream_runtime;

-- Writers write. They need nothing of pg-stream.
ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA shop GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO shop_writer;

-- Readers read stream tables, also those that come.
GRANT USAGE ON SCHEMA reports TO shop_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE pgstream_runtime IN SCHEMA reports GRANT SELECT ON TABLES TO shop_reader;

-- An engine works for members of its role. Who is not to have its rights is not to hand it work either.
GRANT pgstream_runtime TO shop_operator;
