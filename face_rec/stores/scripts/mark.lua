-- Append one event to its day, once and outside the cooldown, or nothing.
--
-- KEYS  attendance, seen, last (one slot)
-- ARGV  1 event id   2 the event   3 subject   4 its time, microseconds
--       5 cooldown, microseconds   6 last mark of the day before ('' : none)
--       7 '1' if the event is a mark, '0' if it is a correction
-- Returns {outcome, time of the mark that stands}; outcome is marked, already or repeated.
local attendance, seen, last = KEYS[1], KEYS[2], KEYS[3]
local id, event, subject, at, cooldown = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])

-- First, so that a replay of a mark that stands never reads as a second look.
if redis.call('SISMEMBER', seen, id) == 1 then return {'repeated', ''} end

if ARGV[7] == '1' then
  local today = redis.call('HGET', last, subject)
  local newest = today or ARGV[6]
  if newest ~= '' and math.abs(tonumber(at) - tonumber(newest)) < cooldown then
    return {'already', newest}
  end
  if not today or tonumber(at) > tonumber(today) then redis.call('HSET', last, subject, at) end
end
redis.call('RPUSH', attendance, event)
redis.call('SADD', seen, id)
return {'marked', ''}
