// The listener: what its network threads share, who is let in, and how all of it stops.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "runtime/log.h"
#include "web/mqtt/listener_thread.h"
#include "web/mqtt/mqtt.h"
#include "web/mqtt/rights_watch.h"
#include "web/mqtt/topic.h"
#include "web/net/acceptor.h"

namespace madang::web::mqtt {
namespace {

class AsioListener final : public Listener {
 public:
  AsioListener(ListenerOptions options, std::unique_ptr<net::Tls> tls, ListenerHandler& handler,
               runtime::Clock const& clock, runtime::Metrics& metrics);
  ~AsioListener() override { AsioListener::stop(); }

  Result<void> listen() { return acceptor_->listen(options_.host, options_.port); }
  void start();
  [[nodiscard]] std::uint16_t port() const override { return acceptor_->port(); }
  Result<void> publish(Publication publication) override;
  void stop() override;

 private:
  Result<void> take(Publication publication);
  void welcome(net::Tcp::socket socket, ListenerThread& thread);

  ListenerOptions const options_;
  std::unique_ptr<net::Tls> tls_;
  runtime::Clock const& clock_;
  Counters counters_;
  Hub hub_;
  RightsWatch watch_;
  std::atomic<std::size_t> connections_ = 0;
  std::atomic<bool> stopped_ = false;
  std::vector<std::unique_ptr<ListenerThread>> threads_;
  std::unique_ptr<net::Acceptor> acceptor_;  ///< on the first thread's loop, so that it goes before it
};

AsioListener::AsioListener(ListenerOptions options, std::unique_ptr<net::Tls> tls, ListenerHandler& handler,
                           runtime::Clock const& clock, runtime::Metrics& metrics)
    : options_(std::move(options)), tls_(std::move(tls)), clock_(clock), counters_(metrics), hub_(options_.limits, counters_, clock),
      watch_({handler, clock, hub_}, options_.limits.rights_asked) {
  ListenerThread::Needs const needs{hub_, handler, clock, counters_, options_.limits, tls_.get(), connections_, &watch_};
  Mailboxes mailboxes;
  std::vector<net::NetworkThread*> threads;
  for (std::size_t i = 0; i < std::max<std::size_t>(options_.threads, 1); ++i) {
    threads_.push_back(std::make_unique<ListenerThread>(needs, i));
    threads.push_back(&threads_.back()->thread());
    mailboxes.push_back(threads_.back()->mailbox());
  }
  hub_.set_mailboxes(std::move(mailboxes));
  acceptor_ = std::make_unique<net::Acceptor>(kLogModule, std::move(threads), [this](net::Tcp::socket socket, std::size_t thread) {
    welcome(std::move(socket), *threads_[thread]);
  });
}

void AsioListener::start() {
  acceptor_->start();
  for (auto const& thread : threads_) thread->start();
}

void AsioListener::welcome(net::Tcp::socket socket, ListenerThread& thread) {
  if (connections_ < options_.limits.sessions_max) {
    ++connections_;
    return thread.add_socket(std::move(socket));
  }
  counters_.connects_refused.Increment();
  if (auto const held_back = hub_.log().refused_connects.admit(clock_.tick()))
    runtime::log_warning(kLogModule, "connect_refused", {{"why", "as many connections as may be are open"},
                                                         {"not_logged_before", *held_back}});
}

Result<void> AsioListener::publish(Publication publication) {
  auto published = take(std::move(publication));
  (published ? counters_.published : counters_.not_published).Increment();
  return published;
}

Result<void> AsioListener::take(Publication publication) {
  auto const refuse = [&publication](Code code, std::string const& why) { return fail(code, fmt::format("topic \"{}\": {}", publication.topic, why)); };
  if (auto const fault = topic_name_fault(publication.topic)) return refuse(Code::kInvalid, *fault);
  if (publication.qos > 1) return refuse(Code::kInvalid, "subscribers are served at QoS 0 or 1");
  if (auto const bytes = publication.topic.size() + publication.payload.size(); bytes > options_.limits.packet_bytes_max)
    return refuse(Code::kLimit, fmt::format("{} bytes are above {}", bytes, options_.limits.packet_bytes_max));
  std::optional<Tick> expires_at;
  if (publication.expires_after) expires_at = clock_.tick() + *publication.expires_after;
  Message message{std::move(publication.topic), std::move(publication.payload), publication.qos, publication.retain};
  return hub_.publish(std::make_shared<Forwarded const>(Forwarded{std::move(message), {}, expires_at, {}}));
}

void AsioListener::stop() {
  if (stopped_.exchange(true)) return;
  acceptor_->close();
  for (auto const& thread : threads_) thread->begin_stop();
  for (auto const& thread : threads_) thread->join();
  watch_.stop();
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::start(ListenerOptions options, ListenerHandler& handler,
                                                  runtime::Clock const& clock, runtime::Metrics& metrics) {
  std::unique_ptr<net::Tls> tls;
  if (!options.certificate_file.empty()) {
    net::TlsFiles files{options.certificate_file, options.private_key_file, options.client_ca_file};
    MADANG_TRY(tls, net::Tls::server({.module = kLogModule, .files = std::move(files)}, clock));
  }
  auto listener = std::make_unique<AsioListener>(std::move(options), std::move(tls), handler, clock, metrics);
  MADANG_CHECK(listener->listen());
  listener->start();
  return listener;
}

}  // namespace madang::web::mqtt
