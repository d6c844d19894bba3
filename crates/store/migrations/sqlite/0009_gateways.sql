-- A venue's gateway is waited for before it has spoken for the first time, and until it is retired.

-- The venue that the key's gateway stands at; null where nobody said it: then its first sample does.
alter table api_key add column venue text;
-- The last batch of its contest that came before the key's gateway was retired; null while it is waited for.
alter table api_key add column retired_after integer;
