DROP FUNCTION connect_forget_payer(uuid, uuid);
