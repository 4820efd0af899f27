// Whoever publishes waits for nobody's snapshot, and nobody misses what was published while his was made.
#include "web/http/event_hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "web/http/limits.h"
#include "web/http/test_hub.h"

namespace madang::web {
namespace {

using testing::ElementsAre;
struct event_hub_threads : HubTest {};

TEST_F(event_hub_threads, publish_while_a_snapshot_is_made_and_tell_it_behind_it) {
  std::promise<void> begun;
  std::promise<void> go_on;
  std::atomic<int> made = 0;
  auto const topic = hub.open([&]() -> Result<std::string> {
    if (++made == 2) {
      begun.set_value();
      go_on.get_future().wait();
    }
    return "all";
  });
  auto const first = std::make_shared<Sink>();
  ASSERT_TRUE(topic->add(first));
  clock.advance(kTopicSnapshotKept);
  auto const second = std::make_shared<Sink>();
  std::jthread const browser([&] { EXPECT_TRUE(topic->add(second)); });
  begun.get_future().wait();
  auto published = std::async(std::launch::async, [&] {
    topic->publish("change", "1");
    topic->publish("change", "2");
    return topic->listeners();
  });
  bool const waited = published.wait_for(std::chrono::seconds{20}) != std::future_status::ready;
  EXPECT_FALSE(waited);
  // Who knows where he was needs no snapshot.
  auto const third = std::make_shared<Sink>();
  if (!waited) {
    EXPECT_THAT(first->empty(), ElementsAre("snapshot all", "change 1", "change 2"));
    EXPECT_TRUE(topic->add(third, first->last_id()));
    EXPECT_THAT(third->empty(), ElementsAre("resumed {}"));
  }
  go_on.set_value();
  EXPECT_EQ(second->wait_for("change"), "1");
  EXPECT_EQ(second->wait_for("change"), "2");
  EXPECT_EQ(second->last_id(), first->last_id());
  topic->close();
}

TEST_F(event_hub_threads, make_it_again_when_more_followed_than_is_kept_and_give_up_in_the_end) {
  std::atomic<int> made = 0;
  std::atomic<int> storms = 1;
  std::shared_ptr<EventTopic> topic;
  topic = hub.open([&]() -> Result<std::string> {
    for (std::size_t i = 0; storms > 0 && i <= kTopicKeptMax; ++i) topic->publish("change", "x");
    --storms;
    return "all " + std::to_string(++made);
  });
  auto const patient = std::make_shared<Sink>();
  ASSERT_TRUE(topic->add(patient));
  EXPECT_THAT(patient->empty(), ElementsAre("snapshot all 2"));
  clock.advance(kTopicSnapshotKept);
  storms = 100;
  EXPECT_EQ(topic->add(std::make_shared<Sink>()).error().code, Code::kOverloaded);
  EXPECT_EQ(made, 2 + kTopicSnapshotTries);
  topic->close();
}

TEST_F(event_hub_threads, everybody_ends_with_the_newest_state_whenever_he_came) {
  std::atomic<int> state = 0;
  auto const topic = hub.open([&]() -> Result<std::string> { return std::to_string(state); });
  constexpr int kChanges = 500;
  std::vector<std::shared_ptr<Sink>> sinks(100);
  {
    std::jthread const publisher([&] {
      for (int i = 1; i <= kChanges; ++i) {
        state = i;
        topic->publish("change", std::to_string(i));
      }
    });
    std::vector<std::jthread> browsers;
    for (std::size_t first = 0; first < 4; ++first)
      browsers.emplace_back([&, first] {
        for (std::size_t i = first; i < sinks.size(); i += 4) {
          clock.advance(kTopicSnapshotKept);
          sinks[i] = std::make_shared<Sink>(10 * kChanges);
          EXPECT_TRUE(topic->add(sinks[i]));
        }
      });
  }
  for (auto const& sink : sinks) {
    auto told = sink->empty();
    // The clock moves here, so a beat may come last.
    std::erase_if(told, [](std::string const& event) { return event.starts_with("beat "); });
    ASSERT_FALSE(told.empty());
    auto const& last = told.back();
    EXPECT_EQ(last.substr(last.find(' ') + 1), std::to_string(kChanges));
  }
  topic->close();
}

}  // namespace
}  // namespace madang::web
