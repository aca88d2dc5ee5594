-- Keep a delivery for later, or be done with it.
--
-- KEYS  deliveries; when each is due; the dead ones; what became of the latest (one slot)
-- ARGV  1 id   2 'later', 'done' or 'dead'   3 its JSON   4 due in ms   5 what became of it
--       6 how many of these are kept
-- Returns 0 where somebody else is done with it.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
if ARGV[2] == 'later' then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
  redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
  return 1
end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
if ARGV[2] == 'dead' then redis.call('HSET', KEYS[3], ARGV[1], ARGV[3]) end
redis.call('LPUSH', KEYS[4], ARGV[5])
redis.call('LTRIM', KEYS[4], 0, tonumber(ARGV[6]) - 1)
return 1
