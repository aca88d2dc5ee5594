-- Count one more try; the first one starts the time after which all are forgotten.
--
-- KEYS  the counter
-- ARGV  1 milliseconds
-- Returns the count.
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count
