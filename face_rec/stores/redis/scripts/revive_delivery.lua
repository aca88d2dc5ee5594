-- Begin with a dead delivery anew, or forget it.
--
-- KEYS  deliveries; when each is due; the dead ones (one slot)
-- ARGV  1 id   2 its JSON ('' : forget it)   3 due in ms
-- Returns 0 where there is none.
if redis.call('HDEL', KEYS[3], ARGV[1]) == 0 then return 0 end
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
end
return 1
