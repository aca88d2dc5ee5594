-- Put another value into a field, if it still holds the one that was read: what was removed
-- meanwhile does not come back.
--
-- KEYS  the hash
-- ARGV  1 field   2 value that was read   3 new value
-- Returns 1 if it was done.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
