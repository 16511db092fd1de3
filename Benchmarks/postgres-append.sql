INSERT INTO ledger (payload) VALUES (decode(repeat(md5(random()::text), 37), 'hex') || '\x0000000000000000'::bytea);
