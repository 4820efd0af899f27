// Many publishers in one thread against our listener.
#include "web/mqtt/publisher_swarm.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "web/mqtt/test_handler.h"

namespace madang::web::mqtt {
namespace {

using namespace std::chrono_literals;

TEST(latency_histogram, gives_quantiles_within_an_eighth) {
  LatencyHistogram histogram;
  for (int i = 1; i <= 100; ++i) histogram.add(std::chrono::milliseconds{i});

  EXPECT_NEAR(static_cast<double>(histogram.quantile(0.5).count()), 50e6, 50e6 / 8);
  EXPECT_NEAR(static_cast<double>(histogram.quantile(0.99).count()), 99e6, 99e6 / 8);
  EXPECT_EQ(histogram.maximum(), 100ms);
}

class SwarmTest : public testing::Test {
 protected:
  SwarmTest() { listener = *Listener::start({}, handler, clock, metrics); }

  std::unique_ptr<PublisherSwarm> swarm(std::size_t connections, std::size_t window = 16, std::size_t queue_max = 64) {
    SwarmOptions options;
    options.port = listener->port();
    options.connections = connections;
    options.window = window;
    options.queue_max = queue_max;
    options.login = [](std::size_t i) { return SwarmOptions::Login{"pole-" + std::to_string(i), "secret"}; };
    auto started = PublisherSwarm::start(options);
    EXPECT_TRUE(started);
    EXPECT_TRUE((*started)->wait_until_connected(30s)) << (*started)->statistics().last_error;
    return *std::move(started);
  }
  static Message reading(std::size_t connection) {
    return Message{"things/pole-" + std::to_string(connection) + "/obs", "{\"pm25\":12}", 1, false};
  }

  TestHandler handler;
  runtime::SystemClock clock;
  runtime::Metrics metrics;
  std::unique_ptr<Listener> listener;
};

TEST_F(SwarmTest, publishes_from_a_source_until_it_is_empty) {
  auto const publishers = swarm(50);
  std::atomic<int> left = 2000;

  publishers->publish_from([&](std::size_t i) {
    return left-- > 0 ? std::optional{reading(i)} : std::nullopt;
  });

  EXPECT_TRUE(publishers->wait_until_idle(60s));
  EXPECT_EQ(publishers->statistics().acknowledged, 2000U);
  EXPECT_EQ(publishers->statistics().latency.count(), 2000U);
  EXPECT_EQ(handler.received().size(), 2000U);
}

TEST_F(SwarmTest, answers_each_published_message) {
  auto const publishers = swarm(2);
  std::promise<Result<void>> good;
  std::promise<Result<void>> denied;

  publishers->publish(0, reading(0), [&](Result<void> r) { good.set_value(std::move(r)); });
  publishers->publish(1, reading(0), [&](Result<void> r) { denied.set_value(std::move(r)); });

  EXPECT_TRUE(good.get_future().get());
  EXPECT_EQ(denied.get_future().get().error().code, Code::kForbidden);
  EXPECT_TRUE(publishers->wait_until_idle(60s));
  EXPECT_EQ(publishers->statistics().refused, 1U);
}

TEST_F(SwarmTest, is_overloaded_beyond_window_and_queue) {
  handler.hold();
  auto const publishers = swarm(1, 1, 1);
  publishers->publish(0, reading(0), [](Result<void> const&) {});
  publishers->publish(0, reading(0), [](Result<void> const&) {});
  std::promise<Result<void>> third;

  publishers->publish(0, reading(0), [&](Result<void> r) { third.set_value(std::move(r)); });

  EXPECT_EQ(third.get_future().get().error().code, Code::kOverloaded);
}

TEST_F(SwarmTest, comes_back_and_sends_again_after_the_listener_restarts) {
  auto const publishers = swarm(10);
  auto const port = listener->port();
  listener.reset();
  std::atomic<int> answered = 0;
  for (std::size_t i = 0; i < 10; ++i) publishers->publish(i, reading(i), [&](Result<void> const& r) { answered += r ? 1 : 0; });
  ListenerOptions options;
  options.port = port;

  listener = *Listener::start(options, handler, clock, metrics);

  EXPECT_TRUE(publishers->wait_until_idle(60s));
  EXPECT_EQ(answered, 10);
}

}  // namespace
}  // namespace madang::web::mqtt
