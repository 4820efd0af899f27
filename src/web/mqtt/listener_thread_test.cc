// One network thread of the listener and a client that does as it likes, over a real socket.
#include "web/mqtt/listener_thread.h"

#include <gtest/gtest.h>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

#include "web/mqtt/encode.h"
#include "web/mqtt/test_handler.h"

namespace madang::web::mqtt {
namespace {

namespace asio = boost::asio;

bool soon(std::function<bool()> const& condition) {
  auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(std::chrono::milliseconds{5});
  return condition();
}

class ListenerThreadTest : public testing::Test {
 protected:
  void TearDown() override {
    if (!thread) return;
    thread->begin_stop();
    thread->join();
  }
  void start() {
    thread = std::make_unique<ListenerThread>(ListenerThread::Needs{hub, handler, clock, counters, limits, nullptr, connections, nullptr}, 0);
    hub.set_mailboxes({thread->mailbox(), elsewhere});
    thread->start();
  }
  /// Is in, and CONNACK lies in its buffer, as does what follows.
  void connect(std::string_view name) {
    asio::ip::tcp::acceptor door{io, {asio::ip::make_address("127.0.0.1"), 0}};
    client.connect(door.local_endpoint());
    asio::ip::tcp::socket socket{thread->thread().io()};
    door.accept(socket);
    ++connections;
    thread->add_socket(std::move(socket));
    Connect packet;
    packet.client_id = "c1";
    packet.username = name;
    packet.password = "secret";
    give(packet);
    ASSERT_TRUE(soon([&] { return counters.connects_accepted.Value() > 0; }));
  }
  void give(Packet const& packet) {
    std::string bytes;
    encode(bytes, packet, Version::k5);
    asio::write(client, asio::buffer(bytes));
  }

  Limits limits;
  runtime::Metrics metrics;
  Counters counters{metrics};
  runtime::SystemClock clock;
  TestHandler handler;
  Hub hub{limits, counters, clock};
  std::atomic<std::size_t> connections = 0;
  /// Of a second network thread, which nobody can wake.
  std::shared_ptr<net::Mailbox<Letter>> elsewhere =
      std::make_shared<net::Mailbox<Letter>>([] { throw std::runtime_error("cannot be woken"); });
  std::unique_ptr<ListenerThread> thread;
  asio::io_context io;
  asio::ip::tcp::socket client{io};
};

TEST_F(ListenerThreadTest, closes_a_client_that_takes_nothing_of_what_is_written_to_it) {
  limits.write_wait_max = std::chrono::milliseconds{200};
  start();
  connect("admin");
  give(Subscribe{3, {{"things/#", 0, false, false, 0}}, {}});
  ASSERT_TRUE(soon([&] { return counters.subscriptions.Value() > 0; }));
  auto const message = std::make_shared<Forwarded const>(Forwarded{Message{"things/1/obs", std::string(200'000, 'x'), 0, false}, {}, {}, {}});

  EXPECT_TRUE(soon([&] {
    hub.forward(message);
    return counters.stalled.Value() > 0;
  }));

  EXPECT_TRUE(soon([&] { return connections == 0; }));
}

TEST_F(ListenerThreadTest, closes_the_connection_of_a_message_that_cannot_be_forwarded) {
  start();
  connect("pole-1");
  hub.subscribe({"things/#", 0, false, false, 0}, Address{1, 1});

  Publish publish;
  publish.topic = "things/pole-1/obs";
  publish.payload = "1";
  publish.qos = 1;
  publish.packet_id = 5;
  give(publish);

  EXPECT_TRUE(soon([&] { return connections == 0; }));
  EXPECT_EQ(handler.received().size(), 1U);
}

TEST_F(ListenerThreadTest, forwards_what_is_accepted_after_its_sender_has_gone) {
  handler.hold();
  start();
  connect("pole-1");
  Publish publish;
  publish.topic = "things/pole-1/obs";
  publish.payload = "1";
  publish.qos = 1;
  publish.packet_id = 5;
  publish.retain = true;
  give(publish);
  ASSERT_TRUE(handler.wait_for(1));
  client.close();
  ASSERT_TRUE(soon([&] { return connections == 0; }));

  handler.release();

  EXPECT_TRUE(soon([&] { return counters.retained_messages.Value() == 1; }));
}

}  // namespace
}  // namespace madang::web::mqtt
