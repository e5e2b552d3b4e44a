-- What wrk found, as one line of JSON behind its own report; answers other than 2xx count as failed.
local threads = {}
refused = 0

function setup(thread)
  table.insert(threads, thread)
end

function response(status)
  if status < 200 or status > 299 then
    refused = refused + 1
  end
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout
  for _, thread in ipairs(threads) do
    failed = failed + thread:get("refused")
  end
  io.write(string.format(
    '{"requests": %d, "microseconds": %d, "half": %d, "most": %d, "failed": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(95), failed
  ))
end
