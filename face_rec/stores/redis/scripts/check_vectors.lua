-- The token of an index of vectors, or "" where parts of it are gone.
-- KEYS: the set, the digests, who was erased, the token
local token = redis.call('GET', KEYS[4])
if not token or redis.call('VCARD', KEYS[1]) ~= redis.call('HLEN', KEYS[2]) then return '' end
return token
