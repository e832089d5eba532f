DROP FUNCTION streaks_forget_xp(uuid);
