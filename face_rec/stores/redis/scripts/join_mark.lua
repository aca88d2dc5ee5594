-- Note that another mark stands for an event, if that one is here: Redis may have lost it since it
-- barred the event.
--
-- KEYS  last, seen (of one day, so of one slot)
-- ARGV  1 subject   2 field of ``last`` for the subject's other marks   3 the time of the mark that
--       stands, microseconds   4 what is noted
-- Returns 1, or 0 where it is not here.
local known = redis.call('HMGET', KEYS[1], ARGV[1], ARGV[2])
for time in string.gmatch((known[1] or '') .. ' ' .. (known[2] or ''), '%d+') do
  if time == ARGV[3] then
    redis.call('SADD', KEYS[2], ARGV[4])
    return 1
  end
end
return 0
