-- Give cameras back that the worker has stopped with; those that another one has stay its own.
--
-- KEYS  leases; workers (one slot)
-- ARGV  1 the worker   2 "1": it ends, and is no worker any more   3.. cameras
for i = 3, #ARGV do
  local lease = redis.call('HGET', KEYS[1], ARGV[i])
  if lease and string.match(lease, '^(%S+) ') == ARGV[1] then
    redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
if ARGV[2] == '1' then redis.call('ZREM', KEYS[2], ARGV[1]) end
return 1
