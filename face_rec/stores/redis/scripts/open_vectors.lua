-- The token of an index of vectors; a new one where there is none, and then nothing else is there.
-- KEYS: the set, the digests, who was erased, the token
-- ARGV: a new token, seconds that all of it is kept
local token = redis.call('GET', KEYS[4])
if not token or redis.call('VCARD', KEYS[1]) ~= redis.call('HLEN', KEYS[2]) then
  token = ARGV[1]
  redis.call('DEL', KEYS[1], KEYS[2])
  redis.call('SET', KEYS[4], token)
end
for i = 1, 4 do redis.call('EXPIRE', KEYS[i], ARGV[2]) end
return token
