#include <algorithm>
#include <optional>
#include <unordered_map>
#include <vector>

#include "simulation/feed/limits.h"
#include "simulation/feed/registration.h"
#include "simulation/feed/sensorthings_client.h"
#include "simulation/feed/sink.h"

namespace madang::simulation {
namespace {

/// Collects what is due at about the same time into one CreateObservations body.
class HttpSink final : public Sink {
 public:
  HttpSink(SensorthingsClient server, std::span<std::int64_t const> things)
      : server_(std::move(server)), things_(things.begin(), things.end()), streams_(things.size()) {}

  Result<void> send(std::size_t node, Reading const& reading) override {
    if (!streams_[node]) {
      MADANG_TRY(streams_[node], stream_ids(server_, things_[node]));
    }
    append_data_arrays(body_, *streams_[node], std::span(&reading, 1));
    ++collected_;
    if (collected_ * kChannelCount >= kValuesPerBodyMax) return flush();
    return {};
  }

  Result<void> flush() override {
    if (collected_ == 0) return {};
    body_ += ']';
    counts_.sent += collected_;
    MADANG_TRY(auto const refused, server_.create_observations(body_));
    std::uint64_t const messages_refused = (refused + kChannelCount - 1) / kChannelCount;
    counts_.refused += messages_refused;
    counts_.acknowledged += collected_ - std::min<std::uint64_t>(collected_, messages_refused);
    body_ = "[";
    collected_ = 0;
    return {};
  }

  void finish() override { static_cast<void>(flush()); }
  SinkCounts counts() override { return counts_; }

 private:
  SensorthingsClient server_;
  std::vector<std::int64_t> things_;
  std::vector<std::optional<StreamIds>> streams_;
  std::string body_ = "[";
  std::size_t collected_ = 0;
  SinkCounts counts_;
};

}  // namespace

Result<std::unique_ptr<Sink>> http_sink(HttpSinkOptions const& options, std::atomic<bool> const& stop) {
  MADANG_TRY(auto server, SensorthingsClient::to(options.server, stop));
  return std::make_unique<HttpSink>(std::move(server), options.things);
}

}  // namespace madang::simulation
