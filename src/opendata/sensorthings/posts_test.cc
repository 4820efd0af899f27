// Posts whose turn comes too late, or whose server stops first.
#include "opendata/sensorthings/limits.h"
#include "opendata/sensorthings/test_service.h"

namespace madang::opendata {
namespace {

TEST_F(Sensorthings, a_post_whose_turn_comes_too_late_is_answered_503_and_not_done) {
  auto const received = t.clock.tick();
  t.clock.advance(kPostWaitMax + Millis{1});
  auto const late = post("Things", kThingBody, received);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::kUnavailable);
  EXPECT_EQ(t.city->thing(ThingId{1}), nullptr);
}

TEST_F(Sensorthings, a_post_that_waits_for_the_registry_waits_no_longer_than_its_client) {
  auto const received = t.clock.tick();
  t.clock.advance(kPostWaitMax - Millis{20});
  must(t.city->write([&](city::Writer&) -> Result<void> {
    auto const waiting = post("Things", kThingBody, received);
    EXPECT_FALSE(waiting) << "another writes for longer";
    return {};
  }));
  EXPECT_EQ(t.city->thing(ThingId{1}), nullptr);
  EXPECT_TRUE(post("Things", kThingBody, t.clock.tick()));
}

TEST_F(Sensorthings, posts_that_wait_when_the_server_stops_are_each_answered_and_what_was_answered_201_is_there) {
  constexpr int kPosts = 20;
  std::vector<std::future<Result<web::Response>>> answers;
  must(t.city->write([&](city::Writer&) -> Result<void> {
    for (int i = 0; i < kPosts; ++i) answers.push_back(begin_post("Things", R"({"name":"x","description":""})"));
    service.stop();
    auto const late = post("Things", R"({"name":"x","description":""})");
    EXPECT_FALSE(late) << "at once, while the registry is written to";
    EXPECT_EQ(late.error().code, Code::kUnavailable);
    EXPECT_EQ(post("Observations", "{}").error().code, Code::kUnavailable);
    EXPECT_EQ(post("CreateObservations", "[]").error().code, Code::kUnavailable);
    return {};
  }));
  std::size_t made = 0;
  for (auto& answer : answers) {
    ASSERT_EQ(answer.wait_for(std::chrono::seconds{20}), std::future_status::ready);
    auto const said = answer.get();
    EXPECT_TRUE(said || said.error().code == Code::kUnavailable);
    made += said ? 1 : 0;
  }
  EXPECT_LE(made, 1u) << "the one that was being done";
  EXPECT_EQ(count("Things"), made);
}

}  // namespace
}  // namespace madang::opendata
