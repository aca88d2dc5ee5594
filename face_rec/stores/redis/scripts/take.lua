-- Read a value and remove it, so that only one caller ever gets it.
--
-- KEYS  the value
-- Returns it, or nothing.
local found = redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
return found
