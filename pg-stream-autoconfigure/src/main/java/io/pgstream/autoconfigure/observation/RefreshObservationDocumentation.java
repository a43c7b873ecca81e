package io.pgstream.autoconfigure.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of pg-stream.
 *
 * @since 0.1.0
 */
public enum RefreshObservationDocumentation implements ObservationDocumentation {

    /** A refresh, of one stream table or of several in one transaction, with what had to be run again. */
    REFRESH {

        @Override
        public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
            return DefaultRefreshObservationConvention.class;
        }

        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return LowCardinality.values();
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return HighCardinality.values();
        }

        @Override
        public String getPrefix() {
            return "pgstream";
        }
    };

    /** Keys with few values, for timers and spans. */
    public enum LowCardinality implements KeyName {

        /** The stream table, or {@code group} where several are refreshed together. */
        TABLE {
            @Override
            public String asString() {
                return "pgstream.table";
            }
        },

        /** {@code differential}, {@code full}, or {@code none} where nothing was written; the weightier of a group. */
        MODE {
            @Override
            public String asString() {
                return "pgstream.mode";
            }
        },

        /** {@code success}, {@code no_data}, {@code skipped}, or {@code failure}. */
        OUTCOME {
            @Override
            public String asString() {
                return "pgstream.outcome";
            }
        },

        /** {@code schedule}, {@code request}, or {@code full_request}. */
        TRIGGER {
            @Override
            public String asString() {
                return "pgstream.trigger";
            }
        }
    }

    /** Keys with any number of values, for spans only. */
    public enum HighCardinality implements KeyName {

        /** The stream tables. */
        TABLES {
            @Override
            public String asString() {
                return "pgstream.tables";
            }
        },

        /** How many captured changes were read. */
        CHANGES {
            @Override
            public String asString() {
                return "pgstream.changes";
            }
        },

        /** How many rows were written. */
        ROWS {
            @Override
            public String asString() {
                return "pgstream.rows";
            }
        },

        /** Why a refresh was full or skipped. */
        REASON {
            @Override
            public String asString() {
                return "pgstream.reason";
            }
        }
    }
}
