-- Replace what an admin chose about the site, if nobody else has chosen meanwhile.
--
-- KEYS  the hash
-- ARGV  1 version field   2 version it must have   3.. name, text, name, text …
-- Returns 1 if written, else 0.
local version = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
if version ~= tonumber(ARGV[2]) then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], ARGV[1], version + 1)
for at = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
return 1
