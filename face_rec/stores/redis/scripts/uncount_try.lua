-- Take one try back; a counter that is gone, or at nothing, stays so.
--
-- KEYS  the counter
-- Returns the count.
local count = tonumber(redis.call('GET', KEYS[1]) or '0')
if count > 0 then return redis.call('DECR', KEYS[1]) end
return 0
