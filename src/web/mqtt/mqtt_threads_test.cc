// Answers from other threads, several network threads, and stopping in the middle of it: run under tsan too.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <thread>
#include <vector>

#include "web/mqtt/decode.h"
#include "web/mqtt/encode.h"
#include "web/mqtt/publisher_swarm.h"

namespace madang::web::mqtt {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

/// Answers in batches from a thread of its own, as the group commit of the store does.
class BatchingHandler final : public ListenerHandler {
 public:
  BatchingHandler() : thread_([this] { work(); }) {}
  ~BatchingHandler() override {
    {
      std::scoped_lock const lock(mutex_);
      ended_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  Result<Principal> authenticate(std::string_view username, std::string_view, std::string_view) override {
    Principal who;
    who.name = username;
    return who;
  }
  bool may_publish(Principal const&, std::string_view) override { return true; }
  bool may_subscribe(Principal const&, std::string_view) override { return true; }
  bool somebody_may_publish(std::string_view) override { return true; }
  void publish(Principal const&, Message, Accepted accepted) override {
    std::scoped_lock const lock(mutex_);
    waiting_.push_back(std::move(accepted));
    ++received;
    wake_.notify_one();
  }

  std::atomic<std::uint64_t> received = 0;

 private:
  void work() {
    std::vector<Accepted> batch;
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [&] { return ended_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      batch.swap(waiting_);
      lock.unlock();
      for (auto& accepted : batch) accepted({});
      batch.clear();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Accepted> waiting_;
  bool ended_ = false;
  std::thread thread_;
};

class MqttThreads : public testing::Test {
 protected:
  void start(std::size_t threads) {
    ListenerOptions options;
    options.threads = threads;
    listener = *Listener::start(options, handler, clock, metrics);
  }
  std::unique_ptr<PublisherSwarm> swarm(std::size_t connections) {
    SwarmOptions options;
    options.port = listener->port();
    options.connections = connections;
    auto started = *PublisherSwarm::start(options);
    EXPECT_TRUE(started->wait_until_connected(60s)) << started->statistics().last_error;
    return started;
  }
  std::unique_ptr<Client> reader(OnMessage on_message) {
    ClientOptions options;
    options.host = "127.0.0.1";
    options.port = listener->port();
    options.client_id = "reader";
    options.subscriptions = {{"things/#", 1}};
    auto started = *Client::start(options, std::move(on_message));
    while (!started->connected()) std::this_thread::sleep_for(1ms);
    return started;
  }
  static Message reading(std::size_t i) { return Message{"things/" + std::to_string(i) + "/obs", "1", 1, false}; }

  BatchingHandler handler;
  runtime::SystemClock clock;
  runtime::Metrics metrics;
  std::unique_ptr<Listener> listener;
};

TEST_F(MqttThreads, answers_from_another_thread_reach_every_connection) {
  start(3);
  std::atomic<int> heard = 0;
  auto const client = reader([&](Message const&, Accepted accepted) {
    ++heard;
    accepted({});
  });
  auto const publishers = swarm(20);
  std::atomic<int> left = 4000;

  publishers->publish_from([&](std::size_t i) { return left-- > 0 ? std::optional{reading(i)} : std::nullopt; });

  EXPECT_TRUE(publishers->wait_until_idle(120s));
  EXPECT_EQ(publishers->statistics().acknowledged, 4000U);
  EXPECT_EQ(handler.received, 4000U);
  while (heard < 4000) std::this_thread::sleep_for(1ms);
}

TEST_F(MqttThreads, the_server_publishes_from_any_thread) {
  start(2);
  std::atomic<int> heard = 0;
  auto const client = reader([&](Message const&, Accepted accepted) {
    ++heard;
    accepted({});
  });
  std::atomic<int> refused = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i)
        if (!listener->publish({.topic = "things/state", .payload = "on", .qos = 1, .retain = i % 2 == 0})) ++refused;
    });

  threads.clear();

  EXPECT_EQ(refused, 0);
  while (heard < 600) std::this_thread::sleep_for(1ms);
}

TEST_F(MqttThreads, stops_while_publishers_publish) {
  start(2);
  auto const publishers = swarm(20);
  publishers->publish_from([](std::size_t i) { return std::optional{reading(i)}; });
  while (handler.received < 500) std::this_thread::sleep_for(1ms);

  listener->stop();
  publishers->stop();

  EXPECT_LE(publishers->statistics().acknowledged, handler.received);
}

/// Connects as a device that everybody takes for the same, and comes back when what it says was acknowledged.
asio::ip::tcp::socket come_again(asio::io_context& io, std::uint16_t port, std::string const& will, std::string const& said) {
  asio::ip::tcp::socket socket{io};
  socket.connect({asio::ip::make_address("127.0.0.1"), port});
  Connect connect;
  connect.client_id = "device";
  connect.will = Will{"things/1/obs", will, 1, true, {}};
  Publish publish;
  publish.topic = "things/1/obs";
  publish.payload = said;
  publish.qos = 1;
  publish.packet_id = 1;
  publish.retain = true;
  std::string bytes;
  encode(bytes, connect, Version::k5);
  encode(bytes, publish, Version::k5);
  asio::write(socket, asio::buffer(bytes));
  std::string heard;
  while (true) {
    std::array<char, 512> room;
    heard.append(room.data(), socket.read_some(asio::buffer(room)));
    auto const connack = next_frame(heard, SIZE_MAX);
    if (*connack && *next_frame(std::string_view{heard}.substr((*connack)->size), SIZE_MAX)) return socket;
  }
}

TEST_F(MqttThreads, a_will_goes_out_before_what_comes_under_its_name_again) {
  start(3);
  std::vector<std::string> heard;
  std::atomic<std::size_t> count = 0;
  auto const client = reader([&](Message const& message, Accepted accepted) {
    heard.push_back(message.payload);
    accepted({});
    ++count;
  });
  asio::io_context io;
  std::vector<asio::ip::tcp::socket> left_open;
  std::vector<std::string> expected;
  for (int i = 0; i < 200; ++i) {
    auto const number = std::to_string(i);
    left_open.push_back(come_again(io, listener->port(), "gone " + number, "here " + number));
    expected.push_back("here " + number);
    expected.push_back("gone " + number);
  }
  expected.pop_back();
  while (count < expected.size()) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(heard, expected);
}

TEST_F(MqttThreads, a_client_publishes_from_many_threads_while_it_is_stopped) {
  start(1);
  auto const client = reader([](Message const&, Accepted accepted) { accepted({}); });
  std::atomic<int> answered = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 300; ++i) client->publish(reading(0), [&](Result<void> const&) { ++answered; });
    });
  while (handler.received < 50) std::this_thread::sleep_for(1ms);

  client->stop();
  threads.clear();

  EXPECT_EQ(answered, 900);
}

}  // namespace
}  // namespace madang::web::mqtt
