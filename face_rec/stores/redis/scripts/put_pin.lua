-- Write the hash of a PIN into a person's hash, if there is such a person: it goes with them. Or
-- remove it.
--
-- KEYS  person; list and head of the people's chain, where the write is linked (one slot)
-- ARGV  1 field   2 hash ('' : remove it)   3 the linked entry ('' : not linked)
--       4 the head it makes   5 length and 6 head that the link was made over
-- Returns {done, 1 if there was one}; {missing} if there is nobody to give one to, or nothing to
-- remove and no link; or what head_moved returns. A removal is linked also where there is none:
-- Redis may have lost it a moment ago, and it must not come back.
local there = redis.call('HEXISTS', KEYS[1], ARGV[1])
if ARGV[2] ~= '' and redis.call('HEXISTS', KEYS[1], 'indexed') == 0 then return {'missing'} end
if ARGV[2] == '' and there == 0 and ARGV[3] == '' then return {'missing'} end
local moved = ARGV[3] ~= '' and head_moved(KEYS[2], KEYS[3], ARGV[5], ARGV[6])
if moved then return moved end

-- Nothing is written above this line.
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
if ARGV[3] ~= '' then
  redis.call('RPUSH', KEYS[2], ARGV[3])
  redis.call('SET', KEYS[3], ARGV[4])
end
return {'done', there}
