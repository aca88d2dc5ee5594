-- Takes members out of a set of vectors, with their digests.
-- KEYS: the set, the digests, who was erased
-- ARGV: seconds for which they are not put again (0: they may be), then the members
-- Returns how many of them were there.
local wait, now, were = tonumber(ARGV[1]), tonumber(redis.call('TIME')[1]), 0
for i = 2, #ARGV do
  were = were + redis.call('VREM', KEYS[1], ARGV[i])
  redis.call('HDEL', KEYS[2], ARGV[i])
  if wait > 0 then redis.call('ZADD', KEYS[3], now + wait, ARGV[i]) end
end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
if wait > 0 then redis.call('EXPIRE', KEYS[3], wait) end
return were
