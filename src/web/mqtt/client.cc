// The client of the face: one thread, one connection, and a mailbox through which any thread publishes and answers.
#include <fmt/format.h>

#include <atomic>
#include <variant>

#include "runtime/log.h"
#include "web/mqtt/client_connection.h"
#include "web/mqtt/topic.h"
#include "web/net/mailbox.h"
#include "web/net/network_thread.h"

namespace madang::web::mqtt {
namespace {

struct IncomingAnswer {
  Receipt receipt;
  Result<void> result;
};
using ClientLetter = std::variant<Outgoing, IncomingAnswer>;

class AsioClient final : public Client {
 public:
  AsioClient(ClientOptions const& options, OnMessage on_message);

  Result<void> open(ClientOptions const& options);
  ~AsioClient() override { AsioClient::stop(); }

  void run();
  void publish(Message message, Accepted accepted) override;
  [[nodiscard]] bool connected() const override { return connected_; }
  void stop() override;

 private:
  void drain();
  void on_incoming(Message message, Receipt receipt);
  void on_change(bool ready, std::string_view why);
  [[nodiscard]] Result<void> reserve(Message const& message);
  [[nodiscard]] Accepted releasing(Message const& message, Accepted accepted);

  std::string const broker_;
  OnMessage const on_message_;
  runtime::SystemClock const clock_;
  std::unique_ptr<net::Tls> tls_;
  std::atomic<bool> connected_ = false;
  std::atomic<std::size_t> waiting_ = 0;
  std::atomic<std::size_t> waiting_bytes_ = 0;
  net::NetworkThread thread_{kLogModule};
  std::shared_ptr<net::Mailbox<ClientLetter>> mailbox_;
  std::shared_ptr<ClientConnection> connection_;
  std::vector<ClientLetter> letters_;
  std::once_flag stopped_;
};

AsioClient::AsioClient(ClientOptions const& options, OnMessage on_message)
    : broker_(fmt::format("{}:{}", options.host, options.port)),
      on_message_(std::move(on_message)),
      mailbox_(std::make_shared<net::Mailbox<ClientLetter>>([this] { thread_.post([this] { drain(); }); })) {}

Result<void> AsioClient::open(ClientOptions const& options) {
  if (options.tls) {
    net::TlsFiles files{options.certificate_file, options.private_key_file, options.ca_file};
    MADANG_TRY(tls_, net::Tls::client({.module = kLogModule, .files = std::move(files)}, clock_));
  }
  ClientConnection::Needs needs{thread_.io(), tls_.get(), clock_,
                                [this](bool ready, std::string_view why) { on_change(ready, why); }};
  connection_ = std::make_shared<ClientConnection>(
      std::move(needs), options, options.receive_maximum,
      [this](Message message, Receipt receipt) { on_incoming(std::move(message), receipt); });
  return {};
}

void AsioClient::run() {
  thread_.post([this] { connection_->start(); });
  thread_.every(kClientSweepPeriod, [this] { connection_->sweep(); });
  thread_.start();
}

void AsioClient::drain() {
  mailbox_->open_each(kLogModule, letters_, [this](ClientLetter& letter) {
    connection_->guarded([&letter](ClientSession& session) {
      if (auto* const outgoing = std::get_if<Outgoing>(&letter))
        session.publish(std::move(*outgoing));
      else
        session.answer(std::get<IncomingAnswer>(letter).receipt, std::get<IncomingAnswer>(letter).result);
    });
  });
  connection_->pump();
}

void AsioClient::on_incoming(Message message, Receipt receipt) {
  on_message_(std::move(message), [mailbox = mailbox_, receipt](Result<void> result) {
    mailbox->post(ClientLetter{IncomingAnswer{receipt, std::move(result)}});
  });
}

void AsioClient::on_change(bool ready, std::string_view why) {
  connected_ = ready;
  if (ready)
    runtime::log_info("mqtt", "broker_connected", {{"broker", broker_}});
  else
    runtime::log_warning("mqtt", "broker_away", {{"broker", broker_}, {"why", why}});
}

Result<void> AsioClient::reserve(Message const& message) {
  if (message.qos > 1) return fail(Code::kUnsupported, "QoS 2 is not offered");
  if (auto const fault = topic_name_fault(message.topic)) return fail(Code::kInvalid, *fault);
  auto const size = message.topic.size() + message.payload.size();
  if (size > kClientPacketBytesMax)
    return fail(Code::kLimit, fmt::format("message has {} bytes, above {}", size, kClientPacketBytesMax));
  if (waiting_.fetch_add(1) >= kClientPublishesWaitingMax) {
    --waiting_;
    return fail(Code::kOverloaded, fmt::format("{} messages wait for the broker", kClientPublishesWaitingMax));
  }
  if (waiting_bytes_.fetch_add(size) + size > kClientPublishBytesWaitingMax) {
    --waiting_;
    waiting_bytes_ -= size;
    return fail(Code::kOverloaded, fmt::format("{} bytes wait for the broker", kClientPublishBytesWaitingMax));
  }
  return {};
}

Accepted AsioClient::releasing(Message const& message, Accepted accepted) {
  return [this, size = message.topic.size() + message.payload.size(),
          accepted = std::move(accepted)](Result<void> result) mutable {
    --waiting_;
    waiting_bytes_ -= size;
    accepted(std::move(result));
  };
}

void AsioClient::publish(Message message, Accepted accepted) {
  if (auto const room = reserve(message); !room) return accepted(fail(room.error()));
  auto release = releasing(message, std::move(accepted));
  ClientLetter letter{Outgoing{std::move(message), std::move(release)}};
  if (!mailbox_->post(std::move(letter)))
    std::get<Outgoing>(letter).accepted(fail(Code::kUnavailable, "the client has been stopped"));
}

void AsioClient::stop() {
  if (!connection_) return;  // it was never opened
  std::call_once(stopped_, [this] {
    thread_.post([this] {
      thread_.end_within(kGoodbyeWaitMax);
      connection_->stop([this] { thread_.end(); });
    });
    thread_.join();
    Error const stopped{Code::kUnavailable, "the client has been stopped"};
    for (auto& letter : mailbox_->close())
      if (auto* const outgoing = std::get_if<Outgoing>(&letter)) outgoing->accepted(fail(stopped));
    connection_->session().fail_all(stopped);
    connected_ = false;
  });
}

Result<void> check(ClientOptions const& options) {
  if (options.client_id.empty() && !options.clean_start)
    return fail(Code::kInvalid, "client_id: a persistent session needs one");
  if (options.receive_maximum == 0) return fail(Code::kInvalid, "receive_maximum: 0 is below 1");
  if (options.subscriptions.size() > kClientSubscriptionsMax)
    return fail(Code::kLimit, fmt::format("subscriptions: {} are above {}", options.subscriptions.size(),
                                          kClientSubscriptionsMax));
  for (auto const& [filter, qos] : options.subscriptions)
    if (auto const fault = topic_filter_fault(filter)) return fail(Code::kInvalid, fmt::format("\"{}\": {}", filter, *fault));
  return {};
}

}  // namespace

Result<std::unique_ptr<Client>> Client::start(ClientOptions const& options, OnMessage on_message) {
  MADANG_CHECK(check(options));
  auto client = std::make_unique<AsioClient>(options, std::move(on_message));
  MADANG_CHECK(client->open(options));
  client->run();
  return client;
}

}  // namespace madang::web::mqtt
