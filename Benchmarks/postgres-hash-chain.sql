-- A ledger as one would build it in PostgreSQL: a trigger chains each row to its predecessor, one writer at a time.
CREATE TABLE ledger (
    index bigint PRIMARY KEY,
    payload bytea NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL
);
CREATE FUNCTION chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last record;
BEGIN
    PERFORM pg_advisory_xact_lock(1);
    SELECT index, hash INTO last FROM ledger ORDER BY index DESC LIMIT 1;
    NEW.index := coalesce(last.index + 1, 0);
    NEW.previous := coalesce(last.hash, '\x00');
    NEW.hash := sha256(NEW.previous || NEW.payload);
    RETURN NEW;
END $$;
CREATE TRIGGER chain BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION chain();
