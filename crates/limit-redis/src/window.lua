-- One hit on one sliding window.
--
-- KEYS[1]  the window: a hash of `n`, the newest slot; `t`, the sum of all counts; and a count for each slot that was hit,
--          by slot number modulo 61.
-- ARGV     the slot of now (a sixtieth of the window wide, numbered from 1970), the limit, the life of an untouched
--          window in milliseconds.
-- Returns  1 or 0 (allowed or not), hits counted now, the newest slot with hits, the slot that must grow too old before
--          another hit is allowed.
local key, slot, max, life = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local head = redis.call('HMGET', key, 'n', 't')
local newest, total = tonumber(head[1]), tonumber(head[2])

if not newest or slot - newest > 60 then
  -- Nothing of it counts any more.
  if newest then redis.call('DEL', key) end
  if max < 1 then return {0, 0, slot, slot} end
  redis.call('HSET', key, 'n', slot, 't', 0)
  redis.call('PEXPIRE', key, life)
  newest, total = slot, 0
elseif newest - slot > 60 then
  -- The clock was set back by more than a window: what is counted counts from there on.
  redis.call('DEL', key)
  redis.call('HSET', key, 'n', slot, 't', total, slot % 61, total)
  redis.call('PEXPIRE', key, life)
  newest = slot
elseif slot > newest then
  local old = {}
  for fresh = newest + 1, slot do old[#old + 1] = fresh % 61 end
  for _, count in ipairs(redis.call('HMGET', key, unpack(old))) do
    total = total - (tonumber(count) or 0)
  end
  redis.call('HDEL', key, unpack(old))
  redis.call('HSET', key, 'n', slot, 't', total)
  redis.call('PEXPIRE', key, life)
  newest = slot
end
-- A clock that went back a little stands still until it has caught up: `newest` stays.

if total < max then
  redis.call('HINCRBY', key, newest % 61, 1)
  redis.call('HINCRBY', key, 't', 1)
  return {1, total + 1, newest, newest}
end

local fields = {}
for age = 60, 0, -1 do fields[#fields + 1] = (newest - age) % 61 end
local left, last, free = total, newest, newest
local found = false
for index, count in ipairs(redis.call('HMGET', key, unpack(fields))) do
  count = tonumber(count) or 0
  if count > 0 then
    last = newest - 61 + index
    left = left - count
    if not found and left < max then
      free, found = last, true
    end
  end
end
return {0, total, last, free}
