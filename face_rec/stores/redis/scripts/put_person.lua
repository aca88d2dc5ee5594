-- Write a person, their place in the ID index and one change of the gallery, or nothing.
--
-- KEYS  person, ID index, revision, changes, list and head of the people's chain, keys of the
--       gallery's files (one slot; the last is missing in what versions before have kept)
-- ARGV  1 name of this write    2 version expected (0: nobody there yet; <=2: or an earlier one;
--         >2: any, for what stands is known to be older; the new one is one more)
--       3 revision seen ('' : not asked)   4 subject   5 indexed ID   6 changes kept
--       7 the linked entry ('' : not linked)   8 the head it makes
--       9 length and 10 head that the link was made over
--       11 how many fields to remove first, these fields, then fields and values to set
-- Returns {status, version}; status is ok, missing, changed, stale or taken.
-- Or what head_moved returns.
local person, ids, revision, changes = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local write, expected, seen, subject, id, kept = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local entry, makes = ARGV[7], ARGV[8]
local removed = tonumber(ARGV[11])

-- A client whose answer was lost sends the same write again: it has been done.
local version = redis.call('HGET', person, 'version') or '0'
if redis.call('HGET', person, 'write') == write then return {'ok', version} end

-- Offered again: a change of which nobody was told may be lost for good, and this was made over it.
local most = tonumber(string.match(expected, '^<=(%d+)$'))
local least = tonumber(string.match(expected, '^>(%d+)$'))
if least then most = math.max(least, tonumber(version)) end
local fits = version == expected
if most then fits = version ~= '0' and tonumber(version) <= most end
if not fits then
  if version == '0' then return {'missing', version} end
  return {'changed', version}
end
if seen ~= '' and (redis.call('GET', revision) or '0') ~= seen then return {'stale', version} end
local holder = redis.call('HGET', ids, id)
if holder and holder ~= subject then return {'taken', version} end
local moved = entry ~= '' and head_moved(KEYS[5], KEYS[6], ARGV[9], ARGV[10])
if moved then return moved end

-- Nothing is written above this line.

local before, rows = redis.call('HGET', person, 'indexed'), redis.call('HGET', person, 'rows')
if before and before ~= id then redis.call('HDEL', ids, before) end
redis.call('HSET', ids, id, subject)
if removed > 0 then redis.call('HDEL', person, unpack(ARGV, 12, 11 + removed)) end
redis.call('HSET', person, 'write', write, unpack(ARGV, 12 + removed))
-- Templates that were replaced, or that nobody may be recognised by any more: no copy opens.
local fewer = removed > 0 or redis.call('HGET', person, 'rows') ~= rows
if KEYS[7] and version ~= '0' and fewer then redis.call('DEL', KEYS[7]) end
if most then redis.call('HSET', person, 'version', most) end
version = redis.call('HINCRBY', person, 'version', 1)
if entry ~= '' then
  redis.call('RPUSH', KEYS[5], entry)
  redis.call('SET', KEYS[6], makes)
end

local number = redis.call('INCR', revision)
redis.call('XADD', changes, 'MAXLEN', '~', kept, number .. '-0', 'kind', 'put', 'subject', subject)
return {'ok', tostring(version)}
