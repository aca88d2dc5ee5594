-- Replace embeddings by the same ones sealed with another key, unless the person changed.
--
-- KEYS  person
-- ARGV  1 version that was read, then fields and values
-- Returns 1 if it was done. Nothing is announced: no gallery holds anything else now.
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
return 1
