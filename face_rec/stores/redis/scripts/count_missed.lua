-- Count a visit that ended without a name for whom it came near to, while their record is the one
-- by which they may be recognised: who was erased, deactivated or has withdrawn their consent a
-- moment ago is not counted any more.
--
-- KEYS  person, counts of the day (one slot)
-- ARGV  1 subject   2 version of their record   3 seconds for which the day is kept
-- Returns 1, or 0 where nothing was counted.
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[2] then return 0 end

-- Nothing is written above this line.
redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
redis.call('EXPIRE', KEYS[2], ARGV[3])
return 1
