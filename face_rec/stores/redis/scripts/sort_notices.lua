-- Begin deliveries and be done with the entries of the outbox that they come from.
--
-- KEYS  the outbox; deliveries; when each is due; what is not told again before (one slot)
-- ARGV  1 group   2 now, in ms   3 number of entries   then the entries' numbers
--       then of each delivery: id, JSON, due in ms, what is cooled ('' : nothing), until in ms
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', ARGV[2])
local place = 4 + tonumber(ARGV[3])
while place <= #ARGV do
  local id, text, due, cooled, til = unpack(ARGV, place, place + 4)
  local known = redis.call('HEXISTS', KEYS[2], id) == 1
  local cold = cooled ~= '' and redis.call('ZSCORE', KEYS[4], cooled)
  if not known and not cold then
    redis.call('HSET', KEYS[2], id, text)
    redis.call('ZADD', KEYS[3], due, id)
    if cooled ~= '' then redis.call('ZADD', KEYS[4], til, cooled) end
  end
  place = place + 5
end
for entry = 4, 3 + tonumber(ARGV[3]) do
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[entry])
end
return 1
