#include "web/mqtt/publisher_swarm.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "runtime/mutex.h"
#include "web/mqtt/client_connection.h"
#include "web/mqtt/topic.h"
#include "web/net/mailbox.h"
#include "web/net/network_thread.h"

namespace madang::web::mqtt {

void LatencyHistogram::add(std::chrono::nanoseconds latency) {
  double bound = 10'000;
  std::size_t bucket = 0;
  auto const ns = static_cast<double>(latency.count());
  while (bucket + 1 < buckets_.size() && ns >= bound) {
    bound *= 1.125;
    ++bucket;
  }
  ++buckets_[bucket];
  ++count_;
  maximum_ = std::max(maximum_, latency);
}

std::chrono::nanoseconds LatencyHistogram::quantile(double share) const {
  auto const wanted = static_cast<double>(count_) * share;
  double bound = 10'000;
  std::uint64_t below = 0;
  for (auto const n : buckets_) {
    below += n;
    if (n > 0 && static_cast<double>(below) >= wanted)
      return std::min(maximum_, std::chrono::nanoseconds{static_cast<std::int64_t>(bound)});
    bound *= 1.125;
  }
  return maximum_;
}

namespace {

struct SwarmLetter {
  std::size_t connection = 0;
  Message message;
  Accepted accepted;
};

class AsioSwarm final : public PublisherSwarm {
 public:
  explicit AsioSwarm(SwarmOptions options);
  ~AsioSwarm() override { AsioSwarm::stop(); }

  Result<void> open();
  void run();
  void publish(std::size_t connection, Message message, Accepted accepted) override;
  void publish_from(Source source) override;
  bool wait_until_connected(std::chrono::milliseconds wait) override;
  bool wait_until_idle(std::chrono::milliseconds wait) override;
  [[nodiscard]] SwarmStatistics statistics() const override;
  void reset_statistics() override;
  void stop() override;

 private:
  struct Publisher {
    std::shared_ptr<ClientConnection> connection;
    std::atomic<std::size_t> unanswered = 0;
    bool exhausted = true;  ///< the source has nothing for it
    bool touched = false;
    bool ready = false;
  };

  void add_publisher(std::size_t index);
  void sweep();
  void drain();
  void fill(std::size_t index);
  void touch(std::size_t index);
  void pump_touched();
  void on_change(std::size_t index, bool ready, std::string_view why);
  void send(std::size_t index, Message message, Accepted accepted);
  void answered(std::size_t index, std::optional<Tick::duration> took, Result<void> const& result);
  bool wait(std::chrono::milliseconds wait, std::function<bool()> const& condition);

  SwarmOptions const options_;
  runtime::SystemClock const clock_;
  std::unique_ptr<net::Tls> tls_;
  net::NetworkThread thread_{kLogModule};
  net::Mailbox<SwarmLetter> mailbox_;
  std::vector<SwarmLetter> letters_;
  std::vector<std::unique_ptr<Publisher>> publishers_;
  std::vector<std::size_t> touched_;
  Source source_;
  std::size_t to_stop_ = 0;

  mutable runtime::Mutex mutex_;
  runtime::Condition changed_;
  SwarmStatistics statistics_ MADANG_GUARDED_BY(mutex_);
  std::uint64_t unanswered_ MADANG_GUARDED_BY(mutex_) = 0;
  std::size_t unexhausted_ MADANG_GUARDED_BY(mutex_) = 0;

  std::once_flag stopped_;
};

AsioSwarm::AsioSwarm(SwarmOptions options)
    : options_(std::move(options)), mailbox_([this] { thread_.post([this] { drain(); }); }) {}

Result<void> AsioSwarm::open() {
  if (options_.tls) {
    MADANG_TRY(tls_, net::Tls::client({.module = kLogModule, .files = {.ca_file = options_.ca_file}}, clock_));
  }
  publishers_.reserve(options_.connections);
  for (std::size_t i = 0; i < options_.connections; ++i) add_publisher(i);
  return {};
}

void AsioSwarm::add_publisher(std::size_t index) {
  auto const login = options_.login(index);
  ClientOptions options;
  options.host = options_.host;
  options.port = options_.port;
  options.client_id = fmt::format("{}-{}", options_.client_id_prefix, index);
  options.username = login.username;
  options.password = login.password;
  options.tls = options_.tls;
  options.clean_start = true;
  options.keep_alive_seconds = options_.keep_alive_seconds;
  ClientConnection::Needs needs{thread_.io(), tls_.get(), clock_, [this, index](bool ready, std::string_view why) {
                                  on_change(index, ready, why);
                                }};
  publishers_.push_back(std::make_unique<Publisher>());
  publishers_.back()->connection = std::make_shared<ClientConnection>(std::move(needs), std::move(options),
                                                                      options_.window, [](Message const&, Receipt) {});
}

void AsioSwarm::run() {
  thread_.post([this] {
    for (std::size_t i = 0; i < publishers_.size(); ++i)
      publishers_[i]->connection->start(Millis{i * 1000 / std::max<std::size_t>(options_.connects_per_second, 1)});
  });
  thread_.every(kClientSweepPeriod, [this] { sweep(); });
  thread_.start();
}

void AsioSwarm::sweep() {
  for (auto const& publisher : publishers_) publisher->connection->sweep();
  pump_touched();
}

void AsioSwarm::drain() {
  mailbox_.open_each(kLogModule, letters_, [this](SwarmLetter& letter) {
    publishers_[letter.connection]->connection->guarded(
        [&](ClientSession&) { send(letter.connection, std::move(letter.message), std::move(letter.accepted)); });
    touch(letter.connection);
  });
  pump_touched();
}

void AsioSwarm::touch(std::size_t index) {
  if (std::exchange(publishers_[index]->touched, true)) return;
  touched_.push_back(index);
}

void AsioSwarm::pump_touched() {
  // One write per connection; a pump may touch others.
  while (!touched_.empty()) {
    auto const now = std::exchange(touched_, {});
    for (auto const index : now) {
      publishers_[index]->touched = false;
      fill(index);
      publishers_[index]->connection->pump();
    }
  }
}

void AsioSwarm::fill(std::size_t index) {
  auto& publisher = *publishers_[index];
  while (!publisher.exhausted && publisher.connection->session().ready() && publisher.unanswered < options_.window) {
    auto message = source_(index);
    if (!message) {
      publisher.exhausted = true;
      runtime::Lock const lock(mutex_);
      --unexhausted_;
      changed_.notify_all();
      return;
    }
    ++publisher.unanswered;
    {
      runtime::Lock const lock(mutex_);
      ++unanswered_;
      ++statistics_.sent;
    }
    send(index, *std::move(message), [](Result<void> const&) {});
  }
}

void AsioSwarm::send(std::size_t index, Message message, Accepted accepted) {
  bool const measured = message.qos > 0;
  publishers_[index]->connection->session().publish(
      Outgoing{std::move(message), [this, index, measured, begun = clock_.tick(),
                                    accepted = std::move(accepted)](Result<void> result) mutable {
                 auto const took = clock_.tick() - begun;
                 auto const outcome = result;
                 // First the caller, then the count: who waits until idle has had every answer.
                 accepted(std::move(result));
                 answered(index, measured ? std::optional{took} : std::nullopt, outcome);
               }});
}

void AsioSwarm::answered(std::size_t index, std::optional<Tick::duration> took, Result<void> const& result) {
  --publishers_[index]->unanswered;
  if (!publishers_[index]->exhausted) {
    if (!publishers_[index]->touched && touched_.empty()) thread_.post([this] { pump_touched(); });
    touch(index);
  }
  runtime::Lock const lock(mutex_);
  --unanswered_;
  ++(result ? statistics_.acknowledged : statistics_.refused);
  if (!result) statistics_.last_error = result.error().sentence;
  if (result && took) statistics_.latency.add(*took);
  if (unanswered_ == 0) changed_.notify_all();
}

void AsioSwarm::on_change(std::size_t index, bool ready, std::string_view why) {
  if (ready) touch(index);
  bool const was_ready = std::exchange(publishers_[index]->ready, ready);
  runtime::Lock const lock(mutex_);
  statistics_.connected += ready ? 1U : 0U;
  statistics_.connected -= was_ready ? 1U : 0U;
  if (was_ready && !ready) ++statistics_.connections_lost;
  if (!ready) statistics_.last_error = why;
  changed_.notify_all();
}

void AsioSwarm::publish(std::size_t connection, Message message, Accepted accepted) {
  MADANG_ASSERT(connection < publishers_.size());
  if (message.qos > 1) return accepted(fail(Code::kUnsupported, "QoS 2 is not offered"));
  if (auto const fault = topic_name_fault(message.topic)) return accepted(fail(Code::kInvalid, *fault));
  auto& publisher = *publishers_[connection];
  if (publisher.unanswered.fetch_add(1) >= options_.window + options_.queue_max) {
    --publisher.unanswered;
    return accepted(fail(Code::kOverloaded, fmt::format("connection {}: {} messages wait", connection,
                                                        options_.window + options_.queue_max)));
  }
  {
    runtime::Lock const lock(mutex_);
    ++unanswered_;
    ++statistics_.sent;
  }
  SwarmLetter letter{connection, std::move(message), std::move(accepted)};
  if (mailbox_.post(std::move(letter))) return;
  --publisher.unanswered;
  {
    runtime::Lock const lock(mutex_);
    --unanswered_;
    ++statistics_.refused;
  }
  // NOLINTNEXTLINE(bugprone-use-after-move): a closed mailbox leaves the letter untouched.
  letter.accepted(fail(Code::kUnavailable, "the swarm has been stopped"));
}

void AsioSwarm::publish_from(Source source) {
  {
    runtime::Lock const lock(mutex_);
    unexhausted_ = publishers_.size();
  }
  thread_.post([this, source = std::move(source)]() mutable {
    source_ = std::move(source);
    for (std::size_t i = 0; i < publishers_.size(); ++i) {
      publishers_[i]->exhausted = false;
      touch(i);
    }
    pump_touched();
  });
}

bool AsioSwarm::wait(std::chrono::milliseconds wait, std::function<bool()> const& condition) {
  runtime::Lock lock(mutex_);
  return changed_.wait_for(lock, wait, condition);
}

bool AsioSwarm::wait_until_connected(std::chrono::milliseconds most) {
  return wait(most, [this]() MADANG_REQUIRES(mutex_) { return statistics_.connected == publishers_.size(); });
}

bool AsioSwarm::wait_until_idle(std::chrono::milliseconds most) {
  return wait(most, [this]() MADANG_REQUIRES(mutex_) { return unanswered_ == 0 && unexhausted_ == 0; });
}

SwarmStatistics AsioSwarm::statistics() const {
  runtime::Lock const lock(mutex_);
  return statistics_;
}

void AsioSwarm::reset_statistics() {
  runtime::Lock const lock(mutex_);
  auto const connected = statistics_.connected;
  statistics_ = SwarmStatistics{};
  statistics_.connected = connected;
}

void AsioSwarm::stop() {
  std::call_once(stopped_, [this] {
    thread_.post([this] {
      thread_.end_within(kGoodbyeWaitMax);
      for (auto const& publisher : publishers_) publisher->exhausted = true;
      to_stop_ = publishers_.size();
      for (auto const& publisher : publishers_)
        publisher->connection->stop([this] {
          if (--to_stop_ == 0) thread_.end();
        });
      if (publishers_.empty()) thread_.end();
    });
    thread_.join();
    Error const stopped{Code::kUnavailable, "the swarm has been stopped"};
    for (auto& letter : mailbox_.close()) letter.accepted(fail(stopped));
    for (auto const& publisher : publishers_) publisher->connection->session().fail_all(stopped);
  });
}

Result<void> check_swarm(SwarmOptions const& options) {
  if (options.connections == 0) return fail(Code::kInvalid, "connections: 0 is below 1");
  if (options.window == 0 || options.window > 65'000)
    return fail(Code::kInvalid, fmt::format("window: {} is not between 1 and 65000", options.window));
  return {};
}

}  // namespace

Result<std::unique_ptr<PublisherSwarm>> PublisherSwarm::start(SwarmOptions options) {
  MADANG_CHECK(check_swarm(options));
  auto swarm = std::make_unique<AsioSwarm>(std::move(options));
  MADANG_CHECK(swarm->open());
  swarm->run();
  return swarm;
}

}  // namespace madang::web::mqtt
