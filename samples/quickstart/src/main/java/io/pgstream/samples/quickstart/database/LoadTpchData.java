package io.pgstream.samples.quickstart.database;

import java.sql.PreparedStatement;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.migration.Context;
import org.flywaydb.core.api.migration.JavaMigration;
import org.jspecify.annotations.Nullable;

/**
 * The application's second migration: loads the data between the tables and their indexes. As a migration it is done
 * once per database, in one transaction, and before pg-stream looks at the tables.
 */
final class LoadTpchData implements JavaMigration {

    private final double scale;

    LoadTpchData(double scale) {
        this.scale = scale;
    }

    @Override
    public MigrationVersion getVersion() {
        return MigrationVersion.fromVersion("2");
    }

    @Override
    public String getDescription() {
        return "load TPC-H data";
    }

    /** None: another scale on a database that is loaded already is no error. */
    @Override
    public @Nullable Integer getChecksum() {
        return null;
    }

    @Override
    public boolean canExecuteInTransaction() {
        return true;
    }

    @Override
    public void migrate(Context context) throws Exception {
        TpchLoader.Report report = new TpchLoader(scale).load(context.getConnection());
        try (PreparedStatement insert = context.getConnection()
                .prepareStatement("INSERT INTO tpch_load (scale, rows, seconds) VALUES (?, ?, ?)")) {
            insert.setDouble(1, scale);
            insert.setLong(2, report.rows());
            insert.setDouble(3, report.duration().toMillis() / 1000.0);
            insert.executeUpdate();
        }
    }
}
