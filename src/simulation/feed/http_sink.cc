#include <algorithm>
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
  HttpSink(SensorthingsClient server, std::vector<StreamIds> streams)
      : server_(std::move(server)), streams_(std::move(streams)) {}

  Result<void> send(std::size_t node, Reading const& reading) override {
    append_data_arrays(body_, streams_[node], std::span(&reading, 1));
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
  std::vector<StreamIds> streams_;  ///< by node
  std::string body_ = "[";
  std::size_t collected_ = 0;
  SinkCounts counts_;
};

}  // namespace

Result<std::unique_ptr<Sink>> http_sink(HttpSinkOptions const& options, std::atomic<bool> const& stop) {
  MADANG_TRY(auto server, SensorthingsClient::to(options.server, stop));
  // Before the first message: looked up on the way, they would make a whole city late at its start.
  std::vector<StreamIds> streams;
  streams.reserve(options.things.size());
  for (auto const thing : options.things) {
    if (stop) break;  // nothing will be sent
    MADANG_TRY(streams.emplace_back(), stream_ids(server, thing));
  }
  return std::make_unique<HttpSink>(std::move(server), std::move(streams));
}

}  // namespace madang::simulation
