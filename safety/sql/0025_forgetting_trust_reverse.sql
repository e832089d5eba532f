DROP FUNCTION safety_drop_trust(timestamptz, integer);
DROP FUNCTION safety_forget_trusted(uuid, uuid);
