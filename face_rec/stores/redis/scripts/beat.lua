-- Note a kiosk's sign of life: lengthen its newest interval or begin another.
--
-- KEYS  beats of a day
-- ARGV  1 kiosk   2 alive since, 3 until, seconds   4 longest gap within an interval, seconds
--       5 marks that wait there   6 field for their number
--       7 what its machine says of its clock   8 field for that
-- Returns 1 if this is the kiosk's first sign of life on this day, else 0.
local beats, kiosk = KEYS[1], ARGV[1]
local since, at, gap = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local known = redis.call('HGET', beats, kiosk)
local good, intervals = pcall(cjson.decode, known or '[]')
if not good or type(intervals) ~= 'table' then intervals = {} end

-- A beat may arrive late; it then belongs to the interval that it touches.
local found = false
for _, interval in ipairs(intervals) do
  if at >= interval[1] - gap and since <= interval[2] + gap then
    interval[1], interval[2] = math.min(interval[1], since), math.max(interval[2], at)
    found = true
    break
  end
end
if not found then intervals[#intervals + 1] = {since, at} end

redis.call('HSET', beats, kiosk, cjson.encode(intervals), ARGV[6], ARGV[5], ARGV[8], ARGV[7])
return known and 0 or 1
