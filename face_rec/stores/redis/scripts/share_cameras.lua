-- One worker's turn: it says that it is there, keeps the cameras it has, and takes its share of
-- those that nobody has. All times are the database's own, so no worker's clock counts.
--
-- KEYS  workers; leases (one slot)
-- ARGV  1 the worker   2 for how many ms a lease holds   3.. cameras, in order
-- Returns the cameras that it has, then how many of them, from the end, it has too many: those it
-- keeps until it has stopped with them and says so.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local me, ttl, cameras = ARGV[1], tonumber(ARGV[2]), #ARGV - 2

redis.call('ZADD', KEYS[1], now + ttl, me)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('PEXPIRE', KEYS[1], ttl * 10)
-- In the order of their names: all workers come to the same shares, which sum up to all cameras.
local workers, rank = redis.call('ZRANGE', KEYS[1], 0, -1), 0
for _, worker in ipairs(workers) do
  if worker < me then rank = rank + 1 end
end
local share = math.floor(cameras / #workers)
if rank < cameras % #workers then share = share + 1 end

local mine, free = {}, {}
for i = 3, #ARGV do
  local lease = redis.call('HGET', KEYS[2], ARGV[i])
  local holder, till = nil, nil
  if lease then holder, till = string.match(lease, '^(%S+) (%d+)$') end
  if holder == me then
    mine[#mine + 1] = ARGV[i]
  elseif not holder or tonumber(till) <= now then
    free[#free + 1] = ARGV[i]
  end
end
for _, camera in ipairs(free) do
  if #mine >= share then break end
  mine[#mine + 1] = camera
end
for _, camera in ipairs(mine) do
  redis.call('HSET', KEYS[2], camera, me .. ' ' .. string.format('%.0f', now + ttl))
end
return {mine, math.max(0, #mine - share)}
