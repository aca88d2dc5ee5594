-- Write one versioned record of a hash, if nobody else has written it meanwhile.
--
-- KEYS  the hash
-- ARGV  1 id   2 version it must have (0: there must be none)   3 JSON   4 "1": only as the first
-- Returns 1 if written, else 0.
local found = redis.call('HGET', KEYS[1], ARGV[1])
local version = found and cjson.decode(found)['version'] or 0
if version ~= tonumber(ARGV[2]) then return 0 end
if ARGV[4] == '1' and redis.call('HLEN', KEYS[1]) > 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
