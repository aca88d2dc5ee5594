-- Remove a person, their place in the ID index, and tell the galleries.
--
-- KEYS  person, ID index, revision, changes, list and head of the people's
--       chain, keys of all people, keys of the gallery's files (one slot; the last is missing
--       in what versions before have kept)
-- ARGV  1 subject   2 changes kept   3 the linked entry ('' : not linked)   4 the head it makes
--       5 length and 6 head that the link was made over, then the fields wanted back
-- Returns {ok, fields as they were}, {missing}, or what head_moved returns.
local person, ids, revision, changes = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local subject, kept = ARGV[1], ARGV[2]

if redis.call('EXISTS', person) == 0 then return {'missing'} end
local moved = ARGV[3] ~= '' and head_moved(KEYS[5], KEYS[6], ARGV[5], ARGV[6])
if moved then return moved end

-- Nothing is written above this line.
local was = redis.call('HMGET', person, unpack(ARGV, 7))
local id = redis.call('HGET', person, 'indexed')
if id and redis.call('HGET', ids, id) == subject then redis.call('HDEL', ids, id) end
for _, aliases in pairs(redis.call('HMGET', person, 'alias', 'aliases')) do
  for alias in string.gmatch(aliases or '', '[^,]+') do
    redis.call('HDEL', KEYS[7], alias) -- what it sealed opens nowhere any more
  end
end
redis.call('DEL', person)
if KEYS[8] then redis.call('DEL', KEYS[8]) end -- no copy of the gallery opens any more
if ARGV[3] ~= '' then
  redis.call('RPUSH', KEYS[5], ARGV[3])
  redis.call('SET', KEYS[6], ARGV[4])
end

local number = redis.call('INCR', revision)
redis.call('XADD', changes, 'MAXLEN', '~', kept, number .. '-0', 'kind', 'remove', 'subject', subject)
return {'ok', was}
