-- Append one event to its day, once and outside the cooldown, or nothing.
--
-- KEYS  attendance, seen, last, head, left (one slot)
-- ARGV  1 event id   2 the event   3 subject   4 its time, microseconds
--       5 cooldown, microseconds   6 marks of the days beside, their times ('' : none)
--       7 '1' if the event is a mark, '0' if it is a correction
--       8 the head it makes ('' : the event carries no link)
--       9 length and 10 head that the link was made over
--       11 field of ``last`` for the subject's other marks of the day
-- Returns {outcome, time of the mark that stands}; outcome is marked, already, repeated
-- or left (the day is in the archive).
-- Or what head_moved returns: somebody else was faster, and the link must be made anew.
local attendance, seen, last, head = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local id, event, subject, at, cooldown = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local is_mark, makes, others = ARGV[7] == '1', ARGV[8], ARGV[11]

-- The day lies in the archive: it is brought back first.
if redis.call('EXISTS', KEYS[5]) == 1 then return {'left', ''} end

-- First, so that a replay of a mark that stands never reads as a second look.
if redis.call('SISMEMBER', seen, id) == 1 then return {'repeated', ''} end

local newest, older = '', ''
if is_mark then
  local known = redis.call('HMGET', last, subject, others)
  newest, older = known[1] or '', known[2] or ''
  -- By the times of all marks, not by the newest alone: one that comes late out of a journal may
  -- belong before it. What is no number there was written by another program and bars nobody.
  for time in string.gmatch(newest .. ' ' .. older .. ' ' .. ARGV[6], '%d+') do
    if math.abs(tonumber(at) - tonumber(time)) < cooldown then return {'already', time} end
  end
end
local moved = makes ~= '' and head_moved(attendance, head, ARGV[9], ARGV[10])
if moved then return moved end

-- Nothing is written above this line.
if is_mark then
  if not tonumber(newest) then
    redis.call('HSET', last, subject, at)
  elseif tonumber(at) > tonumber(newest) then
    redis.call('HSET', last, subject, at, others, newest .. ' ' .. older)
  else
    redis.call('HSET', last, others, at .. ' ' .. older)
  end
end
redis.call('RPUSH', attendance, event)
redis.call('SADD', seen, id)
redis.call('SREM', seen, '=' .. id) -- what another mark stood for that is gone (joined)
if makes ~= '' then redis.call('SET', head, makes) end
return {'marked', ''}
