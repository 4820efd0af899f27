#include "sensing/readings/unstored_messages.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensing/test_city.h"

namespace madang::sensing {
namespace {

TEST(unstored_messages, are_kept_of_so_many_devices_and_the_one_that_was_silent_longest_is_forgotten) {
  TestCity t;
  UnstoredMessages unstored{*t.city, t.metrics};
  for (std::size_t i = 0; i <= kUnstoredDevicesMax; ++i) {
    auto const serial = fmt::format("N{}", i);
    t.add(serial, kWest, {"pm25"});
    unstored.add(serial, "payload: empty", t.clock.now() + Millis{static_cast<std::int64_t>(i)});
  }
  auto const is_kept = [&](std::size_t i) { return unstored.find(t.city->thing_of_serial(fmt::format("N{}", i))->id).has_value(); };
  EXPECT_FALSE(is_kept(0));
  EXPECT_TRUE(is_kept(1));
  EXPECT_TRUE(is_kept(kUnstoredDevicesMax));
}

TEST(unstored_messages, of_nobody_are_passed_over_and_long_reasons_are_cut) {
  TestCity t;
  UnstoredMessages unstored{*t.city, t.metrics};
  unstored.add("GHOST", "payload: empty", t.clock.now());
  EXPECT_THAT(t.metrics.text(), testing::HasSubstr("madang_sensing_unstored_devices 0"));
  auto const n1 = t.add("N1", kWest, {"pm25"});
  unstored.add("N1", std::string(5'000, 'x'), t.clock.now());
  EXPECT_LE(unstored.find(n1)->why.size(), kUnstoredWhyMax);
}

TEST(unstored_messages, are_those_that_only_repeat_or_that_the_store_refuses_for_good) {
  using storage::Appended;
  TestCity t;
  UnstoredMessages unstored{*t.city, t.metrics};
  auto const n1 = t.add("N1", kWest, {"pm25", "noise"});
  auto const stream = t.stream("N1", "pm25");
  Appended appended;
  unstored.note_outcome(stream, appended, t.clock.now());
  appended.entries = {{{}, Appended::Outcome::kRepeated}, {{}, Appended::Outcome::kSuperseded}};
  unstored.note_outcome(stream, appended, t.clock.now());
  unstored.note_outcome(stream, fail(Code::kOverloaded, "later"), t.clock.now());
  EXPECT_FALSE(unstored.find(n1));
  appended.entries.pop_back();
  unstored.note_outcome(DatastreamId{}, appended, t.clock.now());
  EXPECT_FALSE(unstored.find(n1)) << "of nobody";
  unstored.note_outcome(stream, appended, t.clock.now());
  ASSERT_TRUE(unstored.find(n1));
  EXPECT_EQ(unstored.find(n1)->kind, UnstoredMessage::Kind::kRepeated);
  unstored.note_outcome("N1", fail(Code::kInvalid, "no such time"), t.clock.now());
  EXPECT_EQ(unstored.find(n1)->kind, UnstoredMessage::Kind::kRefused);
  EXPECT_EQ(unstored.find(n1)->why, "no such time");
}

TEST(unstored_messages, are_over_when_something_of_the_device_is_stored_by_whatever_door) {
  TestCity t;
  UnstoredMessages unstored{*t.city, t.metrics};
  t.ingest->listen([&unstored](std::span<storage::StoredObservation const> stored) { unstored.clear(stored); });
  auto const n1 = t.add("N1", kWest, {"pm25"});
  auto const n2 = t.add("N2", kWest, {"pm25"});
  for (auto const* serial : {"N1", "N2"}) unstored.add(serial, "payload: empty", t.clock.now());
  t.put(t.stream("N1", "pm25"), t.clock.now(), 12);
  EXPECT_FALSE(unstored.find(n1));
  EXPECT_TRUE(unstored.find(n2));
  EXPECT_THAT(t.metrics.text(), testing::HasSubstr("madang_sensing_unstored_devices 1"));
}

}  // namespace
}  // namespace madang::sensing
