// Topics with sinks of the test's own: what each listener is told, and in which order.
#include "web/http/event_hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "web/http/limits.h"
#include "web/http/test_hub.h"

namespace madang::web {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::StartsWith;

struct event_hub : HubTest {
  std::atomic<int> state = 0;
  std::shared_ptr<EventTopic> topic = hub.open([this]() -> Result<std::string> { return "all " + std::to_string(state); });

  std::shared_ptr<Sink> listener(std::string_view last_id = {}) {
    auto sink = std::make_shared<Sink>();
    auto const added = topic->add(sink, last_id);
    EXPECT_TRUE(added) << added.error().sentence;
    return sink;
  }
  void change() { topic->publish("change", std::to_string(++state)); }
};

TEST_F(event_hub, tells_a_snapshot_and_then_every_change_to_everybody) {
  auto const first = listener();
  change();
  clock.advance(kTopicSnapshotKept);
  auto const second = listener();
  change();
  EXPECT_THAT(first->empty(), ElementsAre("snapshot all 0", "change 1", "change 2"));
  EXPECT_THAT(second->empty(), ElementsAre("snapshot all 1", "change 2"));
}

TEST_F(event_hub, goes_on_where_a_listener_was) {
  auto const before = listener();
  change();
  before->close();
  auto const had = before->last_id();
  change();
  change();
  auto const after = listener(had);
  change();
  EXPECT_THAT(after->empty(), ElementsAre("resumed {}", "change 2", "change 3", "change 4"));
  EXPECT_THAT(listener(after->last_id())->empty(), ElementsAre("resumed {}"));
}

TEST_F(event_hub, begins_anew_for_an_id_that_it_does_not_know) {
  change();
  auto const known = listener()->last_id();
  auto const other = hub.open([]() -> Result<std::string> { return "other"; });
  auto const stranger = std::make_shared<Sink>();
  ASSERT_TRUE(other->add(stranger, known));
  EXPECT_THAT(stranger->empty(), ElementsAre("snapshot other"));
  auto const epoch = known.substr(0, known.find('-'));
  for (std::string const id : {"", "-", "1", "x-1", "-1", "0000000000000000-1"}) EXPECT_THAT(listener(id)->empty(), ElementsAre("snapshot all 1")) << id;
  for (std::string const number : {"-2", "--1", "-", "-x", "-99999999999999999999", "-1 "})
    EXPECT_THAT(listener(epoch + number)->empty(), ElementsAre("snapshot all 1")) << number;
}

TEST_F(event_hub, keeps_a_bounded_past) {
  auto const id = listener()->last_id();
  for (std::size_t i = 0; i < kTopicKeptMax; ++i) change();
  EXPECT_EQ(listener(id)->empty().size(), kTopicKeptMax + 1);
  change();
  EXPECT_THAT(listener(id)->empty(), ElementsAre(StartsWith("snapshot ")));
  auto const newest = listener()->last_id();
  topic->publish("large", std::string(kTopicKeptBytesMax + 1, 'x'));
  EXPECT_THAT(listener(newest)->empty(), ElementsAre(StartsWith("snapshot ")));
}

TEST_F(event_hub, makes_one_snapshot_for_all_who_come_at_once) {
  std::atomic<int> made = 0;
  auto const counted = hub.open([&made]() -> Result<std::string> { return "all " + std::to_string(++made); });
  std::vector<std::shared_ptr<Sink>> sinks(200);
  {
    std::vector<std::jthread> browsers;
    for (std::size_t first = 0; first < 4; ++first)
      browsers.emplace_back([&, first] {
        for (std::size_t i = first; i < sinks.size(); i += 4) {
          sinks[i] = std::make_shared<Sink>();
          EXPECT_TRUE(counted->add(sinks[i]));
        }
      });
  }
  EXPECT_EQ(made, 1);
  for (auto const& sink : sinks) EXPECT_THAT(sink->empty(), ElementsAre("snapshot all 1"));
  clock.advance(kTopicSnapshotKept);
  auto const later = std::make_shared<Sink>();
  ASSERT_TRUE(counted->add(later));
  EXPECT_THAT(later->empty(), ElementsAre("snapshot all 2"));
  counted->close();
}

TEST_F(event_hub, tells_with_a_snapshot_of_a_moment_ago_what_has_followed) {
  auto const first = listener();
  change();
  change();
  auto const second = std::make_shared<Sink>();
  ASSERT_TRUE(topic->add(second));
  change();
  EXPECT_THAT(second->empty(), ElementsAre("snapshot all 0", "change 1", "change 2", "change 3"));
  EXPECT_EQ(second->last_id(), first->last_id());
}

TEST_F(event_hub, makes_a_new_snapshot_when_what_followed_is_not_kept_any_more) {
  listener();
  for (std::size_t i = 0; i <= kTopicKeptMax; ++i) change();
  auto const sink = std::make_shared<Sink>();
  ASSERT_TRUE(topic->add(sink));
  EXPECT_THAT(sink->empty(), ElementsAre("snapshot all " + std::to_string(kTopicKeptMax + 1)));
}

TEST_F(event_hub, gives_a_snapshot_to_whom_a_change_did_not_fit) {
  auto const slow = std::make_shared<Sink>(2);
  ASSERT_TRUE(topic->add(slow));
  for (int i = 0; i < 3; ++i) change();
  EXPECT_THAT(slow->empty(), ElementsAre("snapshot all 0", "change 1"));
  EXPECT_EQ(slow->wait_for("snapshot"), "all 3");
  change();
  EXPECT_EQ(slow->wait_for("change"), "4");
}

TEST_F(event_hub, makes_fewer_and_fewer_snapshots_for_whom_none_fits) {
  std::atomic<int> made = 0;
  auto const counted = hub.open([&made]() -> Result<std::string> { return std::to_string(++made); });
  auto const stuck = std::make_shared<Sink>(1);
  ASSERT_TRUE(counted->add(stuck));
  counted->publish("change", "1");
  std::this_thread::sleep_for(4 * kTopicMend + kTopicMend / 2);
  EXPECT_LE(made, 4);  // the first, and those of the first, third and at most one more look
  stuck->empty();
  EXPECT_NE(stuck->wait_for("snapshot"), "");
  counted->close();
}

TEST_F(event_hub, beats_and_looks_at_what_changed_by_mere_time_before) {
  std::shared_ptr<EventTopic> timed;
  timed = hub.open([]() -> Result<std::string> { return "s"; }, [&timed] { timed->publish("older", "1"); });
  auto const sink = std::make_shared<Sink>();
  ASSERT_TRUE(timed->add(sink));
  clock.advance(kTopicBeat);
  EXPECT_EQ(sink->wait_for("older"), "1");
  EXPECT_EQ(sink->wait_for("beat"), "{\"now\":1750000010000}");
  timed->close();
}

TEST_F(event_hub, calls_nothing_of_a_topic_that_is_closed) {
  auto gone = std::make_unique<int>(7);
  auto const closed = hub.open([&gone]() -> Result<std::string> { return std::to_string(*gone); }, [&gone] { ++*gone; });
  auto const sink = std::make_shared<Sink>(1);
  ASSERT_TRUE(closed->add(sink));
  closed->publish("change", "does not fit");
  closed->close();
  gone.reset();
  auto const other = listener();
  clock.advance(kTopicBeat);
  other->wait_for("beat");
  EXPECT_THAT(sink->empty(), ElementsAre("snapshot 7"));
  EXPECT_FALSE(closed->add(std::make_shared<Sink>()));
}

TEST_F(event_hub, counts_only_those_who_are_there_and_takes_no_more_than_it_may) {
  auto const one = listener();
  auto const two = listener();
  one->close();
  EXPECT_EQ(topic->listeners(), 1U);
  while (topic->listeners() < kTopicListenersMax) listener();
  auto const refused = topic->add(std::make_shared<Sink>());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kOverloaded);
  two->close();
  EXPECT_TRUE(topic->add(std::make_shared<Sink>()));
}

TEST_F(event_hub, refuses_with_the_snapshots_error_or_when_it_does_not_fit) {
  auto const broken = hub.open([]() -> Result<std::string> { return fail(Code::kNotFound, "nobody measures this"); });
  EXPECT_EQ(broken->add(std::make_shared<Sink>()).error().code, Code::kNotFound);
  EXPECT_EQ(topic->add(std::make_shared<Sink>(0)).error().code, Code::kOverloaded);
  EXPECT_EQ(topic->listeners(), 0U);
}

TEST(event_id, is_taken_from_the_header_or_the_query) {
  Request request;
  EXPECT_EQ(last_event_id(request), "");
  request.query = {{"last_event_id", "a-1"}};
  EXPECT_EQ(last_event_id(request), "a-1");
  request.headers = {{"last-event-id", "a-2"}};
  EXPECT_EQ(last_event_id(request), "a-2");
}

}  // namespace
}  // namespace madang::web
