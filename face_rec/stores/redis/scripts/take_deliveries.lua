-- Take deliveries that are due, so that nobody else gets them for a while.
--
-- KEYS  deliveries; when each is due (one slot)
-- ARGV  1 now, 2 until when they are taken, in ms   3 how many at most
-- Returns their JSON.
local found = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
local texts = {}
for _, id in ipairs(found) do
  local text = redis.call('HGET', KEYS[1], id)
  if text then
    redis.call('ZADD', KEYS[2], ARGV[2], id)
    texts[#texts + 1] = text
  else
    redis.call('ZREM', KEYS[2], id)
  end
end
return texts
