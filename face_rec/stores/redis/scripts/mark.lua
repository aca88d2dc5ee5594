-- Append one event to its day, once and outside the cooldown, or nothing.
--
-- KEYS  attendance, seen, last, head (one slot)
-- ARGV  1 event id   2 the event   3 subject   4 its time, microseconds
--       5 cooldown, microseconds   6 last mark of the day before ('' : none)
--       7 '1' if the event is a mark, '0' if it is a correction
--       8 the head it makes ('' : the event carries no link)
--       9 length and 10 head that the link was made over
-- Returns {outcome, time of the mark that stands}; outcome is marked, already or repeated.
-- Or {moved, head, length}: somebody else was faster, and the link must be made anew.
local attendance, seen, last, head = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, event, subject, at, cooldown = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local makes = ARGV[8]

-- First, so that a replay of a mark that stands never reads as a second look.
if redis.call('SISMEMBER', seen, id) == 1 then return {'repeated', ''} end

local today
if ARGV[7] == '1' then
  today = redis.call('HGET', last, subject)
  local newest = today or ARGV[6]
  if newest ~= '' and math.abs(tonumber(at) - tonumber(newest)) < cooldown then
    return {'already', newest}
  end
end
if makes ~= '' then
  -- The length as well: an entry that somebody else wrote must not stop all marks after it.
  local length = redis.call('LLEN', attendance)
  local value = redis.call('GET', head) or ''
  if tostring(length) ~= ARGV[9] or value ~= ARGV[10] then
    return {'moved', value, tostring(length)}
  end
end

-- Nothing is written above this line.
if ARGV[7] == '1' and (not today or tonumber(at) > tonumber(today)) then
  redis.call('HSET', last, subject, at)
end
redis.call('RPUSH', attendance, event)
redis.call('SADD', seen, id)
if makes ~= '' then redis.call('SET', head, makes) end
return {'marked', ''}
