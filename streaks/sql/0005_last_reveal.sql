-- The last reveal opens in a complete streak only, whoever asks. Completed is for good, so that it need not be looked at
-- from the other side.
CREATE FUNCTION streaks_last_reveal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public
AS $body$
BEGIN
  IF NOT EXISTS (SELECT FROM streaks_streak WHERE id = NEW.streak_id AND status = 'completed') THEN
    RAISE EXCEPTION 'the last reveal of a streak that is not complete'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'streaks_last_reveal', TABLE = 'streaks_milestonereveal';
  END IF;
  RETURN NEW;
END $body$;

CREATE TRIGGER streaks_last_reveal BEFORE INSERT OR UPDATE ON streaks_milestonereveal FOR EACH ROW
WHEN (NEW.number = 5 AND NEW.status <> 'locked') EXECUTE FUNCTION streaks_last_reveal();
