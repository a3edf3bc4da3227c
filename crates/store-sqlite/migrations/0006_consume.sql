-- By what a repetition of the call that used a token is known: the SHA-256 of its Idempotency-Key.
ALTER TABLE reset_token ADD COLUMN repetition BLOB;
