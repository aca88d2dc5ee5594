-- Write what was decided about somebody unknown, and link it.
--
-- KEYS  people, changes, revision; list and head of the chain's stream (one slot)
-- ARGV  1 id   2 the version that was read, and 3 JSON of the person as they become ('' both: the
--       decision is offered again, and what has become of them else since stays)
--       4 JSON of the decision   5 about how many entries of changes are kept
--       6 the linked entry   7 the head it makes   8 length and 9 head that the link was made over
-- Returns {done}; {changed} where they are gone, or somebody else was faster; or what head_moved
-- returns.
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if not stored then return {'changed'} end
local version, text = cjson.decode(stored).version, ARGV[3]
if ARGV[2] == '' then
  -- In the text itself: read and written by cjson an empty list would become an object.
  local before, after = string.match(stored, '^(.*"decision":)%b{}(.*)$')
  if not before then return {'changed'} end
  text = string.gsub(
    before .. ARGV[4] .. after, '"version":%d+', string.format('"version":%d', version + 1)
  )
elseif version ~= tonumber(ARGV[2]) then
  return {'changed'}
end
local good, made = pcall(cjson.decode, text)
if not good or made.version ~= version + 1 then return {'changed'} end
local moved = head_moved(KEYS[4], KEYS[5], ARGV[8], ARGV[9])
if moved then return moved end

-- Nothing is written above this line.
redis.call('HSET', KEYS[1], ARGV[1], text)
local revision = redis.call('INCR', KEYS[3])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], revision .. '-0', 'ids', ARGV[1])
redis.call('RPUSH', KEYS[4], ARGV[6])
redis.call('SET', KEYS[5], ARGV[7])
return {'done'}
