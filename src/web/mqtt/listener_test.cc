// The listener and our own client over real sockets.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "web/mqtt/mqtt.h"
#include "web/mqtt/test_handler.h"

namespace madang::web::mqtt {
namespace {

bool eventually(std::function<bool()> const& condition) {
  auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (!condition() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  return condition();
}

class Inbox {
 public:
  OnMessage receiver() {
    return [this](Message message, Accepted accepted) {
      {
        std::scoped_lock const lock(mutex_);
        messages_.push_back(std::move(message));
      }
      changed_.notify_all();
      accepted({});
    };
  }
  Message wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds{30}, [&] { return messages_.size() >= count; });
    return messages_.size() >= count ? messages_[count - 1] : Message{"(nothing came)", "", 0, false};
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Message> messages_;
};

class ListenerTest : public testing::Test {
 protected:
  void start(ListenerOptions options = {}) {
    auto started = Listener::start(std::move(options), handler, clock, metrics);
    ASSERT_TRUE(started) << started.error().sentence;
    listener = *std::move(started);
  }
  std::unique_ptr<Client> client(std::string name, std::string client_id, OnMessage on_message = ignore(),
                                 std::vector<std::pair<std::string, std::uint8_t>> subscriptions = {}) {
    ClientOptions options;
    options.host = "127.0.0.1";
    options.port = listener->port();
    options.client_id = std::move(client_id);
    options.username = std::move(name);
    options.password = "secret";
    options.subscriptions = std::move(subscriptions);
    auto started = Client::start(options, std::move(on_message));
    EXPECT_TRUE(started);
    EXPECT_TRUE(eventually([&] { return (*started)->connected(); }));
    return *std::move(started);
  }
  static ListenerOptions asking_every(std::chrono::milliseconds period) {
    ListenerOptions options;
    options.limits.rights_asked = period;
    return options;
  }
  static OnMessage ignore() {
    return [](Message const&, Accepted accepted) { accepted({}); };
  }
  static Result<void> publish(Client& client, Message message) {
    std::promise<Result<void>> result;
    auto future = result.get_future();
    client.publish(std::move(message), [&](Result<void> r) { result.set_value(std::move(r)); });
    return future.get();
  }

  TestHandler handler;
  runtime::SystemClock clock;
  runtime::Metrics metrics;
  std::unique_ptr<Listener> listener;
};

TEST_F(ListenerTest, carries_a_reading_from_a_device_to_a_subscriber) {
  start();
  Inbox inbox;
  auto const reader = client("admin", "reader", inbox.receiver(), {{"things/+/obs", 1}});
  auto const pole = client("pole-1", "pole");

  auto const accepted = publish(*pole, Message{"things/pole-1/obs", "{\"pm25\":12}", 1, false});

  EXPECT_TRUE(accepted);
  auto const got = inbox.wait_for(1);
  EXPECT_EQ(got.topic, "things/pole-1/obs");
  EXPECT_EQ(got.payload, "{\"pm25\":12}");
}

TEST_F(ListenerTest, tells_the_publisher_why_a_message_was_refused) {
  start();
  auto const pole = client("pole-1", "pole");

  auto const bad = publish(*pole, Message{"things/pole-1/obs", "bad", 1, false});
  auto const denied = publish(*pole, Message{"things/pole-2/obs", "1", 1, false});

  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Code::kInvalid);
  EXPECT_EQ(bad.error().sentence, "the broker refuses the message: payload format invalid pm25: \"x\" is not a number");
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().code, Code::kForbidden);
}

TEST_F(ListenerTest, ends_a_connection_whose_key_is_revoked_and_no_other) {
  start(asking_every(std::chrono::milliseconds{20}));
  auto const pole = client("pole-1", "pole");
  auto const other = client("pole-2", "other");
  ASSERT_TRUE(publish(*pole, Message{"things/pole-1/obs", "1", 1, false}));

  handler.revoke("pole-1");

  EXPECT_TRUE(eventually([&] { return !pole->connected(); }));
  EXPECT_TRUE(eventually([&] { return metrics.text().contains("madang_mqtt_disconnects_total{reason=\"rights_ended\"} 1"); }));
  EXPECT_TRUE(publish(*other, Message{"things/pole-2/obs", "1", 1, false}));
  EXPECT_EQ(handler.received().size(), 2u);
}

TEST_F(ListenerTest, lets_connections_stay_while_nobody_can_say_whose_they_are) {
  start(asking_every(std::chrono::milliseconds{5}));
  auto const pole = client("pole-1", "pole");
  handler.set_available(false);
  std::this_thread::sleep_for(std::chrono::milliseconds{60});
  EXPECT_TRUE(publish(*pole, Message{"things/pole-1/obs", "1", 1, false}));
  EXPECT_TRUE(metrics.text().contains("madang_mqtt_disconnects_total{reason=\"rights_ended\"} 0"));
}

TEST_F(ListenerTest, a_client_that_may_other_things_now_comes_again) {
  start(asking_every(std::chrono::milliseconds{20}));
  auto const pole = client("pole-1", "pole");
  handler.set_things({"pole-1"});
  EXPECT_TRUE(eventually([&] { return metrics.text().contains("madang_mqtt_disconnects_total{reason=\"rights_ended\"} 1"); }));
  EXPECT_TRUE(eventually([&] { return pole->connected(); }));
  EXPECT_TRUE(publish(*pole, Message{"things/pole-1/obs", "1", 1, false}));
}

TEST_F(ListenerTest, publishes_what_the_server_itself_says) {
  start();
  EXPECT_TRUE(listener->publish({.topic = "city/state", .payload = "calm", .qos = 1, .retain = true}));
  Inbox inbox;
  auto const reader = client("admin", "reader", inbox.receiver(), {{"city/#", 1}});
  EXPECT_EQ(inbox.wait_for(1).payload, "calm");

  EXPECT_TRUE(listener->publish({.topic = "city/state", .payload = "alert", .qos = 1}));

  EXPECT_EQ(inbox.wait_for(2).payload, "alert");
}

TEST_F(ListenerTest, greets_a_subscriber_with_everything_that_is_retained) {
  start();
  for (std::size_t i = 0; i < 1'000; ++i) ASSERT_TRUE(listener->publish({.topic = "things/" + std::to_string(i) + "/obs", .payload = std::string(1'000, 'x'), .qos = 1, .retain = true}));
  Inbox inbox;

  auto const reader = client("admin", "reader", inbox.receiver(), {{"things/#", 1}});

  EXPECT_EQ(inbox.wait_for(1'000).topic, "things/999/obs");
}

TEST_F(ListenerTest, says_why_the_server_itself_cannot_publish) {
  start();
  auto const why = [this](Publication publication) {
    auto const published = listener->publish(std::move(publication));
    return published ? "" : published.error().sentence;
  };
  EXPECT_EQ(why({.topic = "lamps/+/state", .payload = "on"}), "topic \"lamps/+/state\": topic name holds a wildcard at byte 6");
  EXPECT_EQ(why({.topic = "lamps", .payload = "on", .qos = 2}), "topic \"lamps\": subscribers are served at QoS 0 or 1");
  EXPECT_EQ(why({.topic = "lamps", .payload = std::string(256 * 1024, 'x')}), "topic \"lamps\": 262149 bytes are above 262144");
  EXPECT_TRUE(metrics.text().contains("madang_mqtt_published_messages_total{result=\"refused\"} 3"));
}

TEST_F(ListenerTest, keeps_from_subscribers_what_the_server_said_too_long_ago) {
  start();
  EXPECT_TRUE(listener->publish({.topic = "city/order", .payload = "stale", .qos = 1, .retain = true, .expires_after = std::chrono::seconds{0}}));
  EXPECT_TRUE(listener->publish({.topic = "city/state", .payload = "calm", .qos = 1, .retain = true, .expires_after = std::chrono::hours{1}}));
  Inbox inbox;
  auto const reader = client("admin", "reader", inbox.receiver(), {{"city/#", 1}});
  EXPECT_EQ(inbox.wait_for(1).payload, "calm");
}

TEST_F(ListenerTest, carries_a_message_of_many_reads_and_writes) {
  start();
  Inbox inbox;
  auto const reader = client("admin", "reader", inbox.receiver(), {{"big", 1}});
  std::string const payload(200'000, 'x');

  EXPECT_TRUE(publish(*reader, Message{"big", payload, 1, false}));

  EXPECT_EQ(inbox.wait_for(1).payload, payload);
}

TEST_F(ListenerTest, refuses_what_is_too_large_before_it_is_sent) {
  start();
  auto const pole = client("pole-1", "pole");

  auto const result = publish(*pole, Message{"things/pole-1/obs", std::string(300'000, 'x'), 1, false});

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kLimit);
}

TEST_F(ListenerTest, sends_again_after_the_listener_came_back) {
  start();
  auto const port = listener->port();
  auto const pole = client("pole-1", "pole");
  listener->stop();
  ASSERT_TRUE(eventually([&] { return !pole->connected(); }));
  std::promise<Result<void>> result;
  pole->publish(Message{"things/pole-1/obs", "kept", 1, false}, [&](Result<void> r) { result.set_value(std::move(r)); });
  ListenerOptions options;
  options.port = port;

  start(options);

  EXPECT_TRUE(result.get_future().get());
  EXPECT_EQ(handler.received().back().payload, "kept");
}

TEST_F(ListenerTest, answers_every_publish_when_the_client_stops) {
  start();
  handler.hold();
  auto const pole = client("pole-1", "pole");
  std::promise<Result<void>> result;
  pole->publish(Message{"things/pole-1/obs", "1", 1, false}, [&](Result<void> r) { result.set_value(std::move(r)); });
  ASSERT_TRUE(handler.wait_for(1));

  pole->stop();

  EXPECT_EQ(result.get_future().get().error().code, Code::kUnavailable);
  EXPECT_EQ(publish(*pole, Message{"things/pole-1/obs", "1", 1, false}).error().code, Code::kUnavailable);
  handler.release();
}

TEST_F(ListenerTest, refuses_a_port_in_use_in_words) {
  start();
  ListenerOptions options;
  options.port = listener->port();

  auto const second = Listener::start(options, handler, clock, metrics);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().sentence,
            "cannot listen on 127.0.0.1:" + std::to_string(options.port) + ": Address already in use");
}

TEST_F(ListenerTest, a_message_on_which_the_room_above_throws_ends_its_connection_and_no_other) {
  start();
  auto const other = client("pole-2", "other");
  auto const device = client("pole-1", "device");

  // It comes back, and sends again what was not acknowledged.
  EXPECT_TRUE(publish(*device, {"things/pole-1/obs", "throws once", 1, false}));
  EXPECT_TRUE(publish(*other, {"things/pole-2/obs", "1", 1, false}));

  EXPECT_EQ(handler.received().size(), 3);
}

TEST_F(ListenerTest, a_reader_that_throws_gets_its_message_again) {
  start();
  std::atomic<int> times = 0;
  auto const reader = client("admin", "reader", [&times](Message const&, Accepted accepted) {
    if (++times == 1) throw std::runtime_error("broken");
    accepted({});
  }, {{"things/#", 1}});
  auto const device = client("pole-1", "device");

  EXPECT_TRUE(publish(*device, {"things/pole-1/obs", "1", 1, true}));

  EXPECT_TRUE(eventually([&] { return times >= 2; }));
}

TEST_F(ListenerTest, a_client_that_throws_at_an_answer_comes_again) {
  start();
  auto const device = client("pole-1", "device");

  device->publish({"things/pole-1/obs", "1", 0, false}, [](Result<void> const&) { throw std::runtime_error("broken"); });

  auto const connects = [this] { return metrics.counter("madang_mqtt_connects_total", "CONNECT packets.", {{"result", "accepted"}}).Value(); };
  EXPECT_TRUE(eventually([&] { return connects() == 2; }));
  EXPECT_TRUE(eventually([&] { return device->connected(); }));
  EXPECT_TRUE(publish(*device, {"things/pole-1/obs", "2", 1, false}));
}

TEST_F(ListenerTest, names_the_certificate_file_that_is_missing) {
  ListenerOptions options;
  options.certificate_file = "/nowhere/cert.pem";
  options.private_key_file = "/nowhere/key.pem";

  auto const refused = Listener::start(options, handler, clock, metrics);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalid);
  EXPECT_TRUE(refused.error().sentence.starts_with("certificate file /nowhere/cert.pem: "));
}

TEST(client, refuses_a_persistent_session_without_a_name) {
  auto const refused = Client::start({}, [](Message const&, Accepted) {});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sentence, "client_id: a persistent session needs one");
}

}  // namespace
}  // namespace madang::web::mqtt
