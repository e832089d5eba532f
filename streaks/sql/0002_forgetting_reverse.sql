DROP FUNCTION streaks_forget_person(uuid, uuid);
