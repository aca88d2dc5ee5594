-- Replace embeddings by the same ones sealed with another key, unless the person changed.
--
-- KEYS  person
-- ARGV  1 version that was read   2 how many fields to remove, these fields, then fields and
--       values to set
-- Returns 1 if it was done. Nothing is announced: no gallery holds anything else now.
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
local removed = tonumber(ARGV[2])
if removed > 0 then redis.call('HDEL', KEYS[1], unpack(ARGV, 3, 2 + removed)) end
redis.call('HSET', KEYS[1], unpack(ARGV, 3 + removed))
return 1
