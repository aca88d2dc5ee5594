-- Give a person of before the chain a proof, and enter it, unless they changed.
--
-- KEYS  person, list and head of the people's chain (one slot)
-- ARGV  1 version that was read   2 field   3 proof   4 the linked entry   5 the head it makes
--       6 length and 7 head that the link was made over
-- Returns {done}, {changed}, or what head_moved returns.
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return {'changed'} end
local moved = head_moved(KEYS[2], KEYS[3], ARGV[6], ARGV[7])
if moved then return moved end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('RPUSH', KEYS[2], ARGV[4])
redis.call('SET', KEYS[3], ARGV[5])
return {'done'}
