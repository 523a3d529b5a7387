-- Failed sign-ins by address and user, which the console counts over a week without reading their rows.
CREATE INDEX ak_audit_events_failed ON ak_audit_events (id, at, ip, subject) WHERE code = 'session.open_failed';
