-- Take what waits a step further, note who acknowledged it, or forget it; only where it stands as
-- whoever asks has seen it.
--
-- KEYS  what waits; when it goes on; deliveries; when each is due (one slot)
-- ARGV  1 id   2 the step, and 3 who acknowledged, as they were seen   4 its JSON ('' : forget it)
--       5 when it goes on, in ms
--       then of each delivery to begin: id, JSON, due in ms
-- Returns 0 where somebody else was faster.
local text = redis.call('HGET', KEYS[1], ARGV[1])
if not text then return 0 end
local known = cjson.decode(text)
if (known.step or 0) ~= tonumber(ARGV[2]) or (known.by or '') ~= ARGV[3] then return 0 end
if ARGV[4] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
  redis.call('ZREM', KEYS[2], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
  redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1])
end
for place = 6, #ARGV, 3 do
  if redis.call('HSETNX', KEYS[3], ARGV[place], ARGV[place + 1]) == 1 then
    redis.call('ZADD', KEYS[4], ARGV[place + 2], ARGV[place])
  end
end
return 1
