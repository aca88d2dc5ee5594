-- Write the hash of a PIN into a person's hash, if there is such a person: it goes with them.
--
-- KEYS  person
-- ARGV  1 field   2 hash
-- Returns whether the person is there.
if redis.call('HEXISTS', KEYS[1], 'indexed') == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
