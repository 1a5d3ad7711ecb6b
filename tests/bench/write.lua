-- Reports statuses as a secretary does in the work queue. Each thread has one connection, one session and one goal, and
-- tells each time what it has seen: the record that it wrote before, which the answer's address names.

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  threads[#threads + 1] = thread
end

function init(arguments)
  local line = 0
  for text in io.lines(arguments[1]) do
    if line == number then path, cookie, seen = text:match("^(%S+) (%S+) (%S*)$") end
    line = line + 1
  end
  math.randomseed(os.time() * 1000 + number)
  sent = 0
end

-- A key that no other form has.
local function key()
  sent = sent + 1
  return string.format("%08x-0000-4000-8000-%04x%08x", math.random(0, 2 ^ 31 - 1), number, sent)
end

function request()
  local token = string.rep("x", 32)
  local status = sent % 2 == 0 and "in_progress" or "achieved"
  local form = string.format("csrfmiddlewaretoken=%s&seen=%s&key=%s&status=%s", token, seen, key(), status)
  return wrk.format("POST", path, {
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["Cookie"] = "csrftoken=" .. token .. "; sessionid=" .. cookie,
  }, form)
end

refused = 0

function response(status, headers)
  local saved = status == 302 and (headers["location"] or headers["Location"] or ""):match("sparat=(%d+)")
  if saved then seen = saved else refused = refused + 1 end
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  for _, thread in ipairs(threads) do failed = failed + thread:get("refused") end
  io.write(string.format(
    "measured %d %d %.0f %.0f %d\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), failed
  ))
end
