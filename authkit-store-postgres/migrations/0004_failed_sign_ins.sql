-- Failed sign-ins by address and user, which the console counts over a week without reading their rows.
CREATE INDEX audit_events_failed ON {schema}.audit_events (id) INCLUDE (at, ip, subject)
    WHERE code = 'session.open_failed';

-- Rows are only added, so a share of the table would be many days of them: the server looks at new ones after so many, and
-- then knows that they need not be read.
ALTER TABLE {schema}.audit_events
    SET (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000);
