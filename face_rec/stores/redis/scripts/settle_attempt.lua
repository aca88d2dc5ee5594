-- A try that was counted does not count: forget some counts, take it back in others.
--
-- KEYS  the hash of all counts at one thing; each field is count:milliseconds
-- ARGV  1 how many fields are forgotten, then these; then in pairs a field that has one try
--       less, and what it came to with that try. If it is still that, its wait is over: nobody
--       has failed since.
-- Returns nothing.
local forgotten = tonumber(ARGV[1])
for i = 2, forgotten + 1 do redis.call('HDEL', KEYS[1], ARGV[i]) end
for i = forgotten + 2, #ARGV, 2 do
  local found = redis.call('HGET', KEYS[1], ARGV[i])
  local count, open = string.match(found or '', '^(%d+):(%d+)$')
  if count then
    if tonumber(count) == tonumber(ARGV[i + 1]) then open = '0' end
    local left = math.max(0, tonumber(count) - 1)
    redis.call('HSET', KEYS[1], ARGV[i], string.format('%.0f:%s', left, open))
  end
end
