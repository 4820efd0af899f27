#include "city/known_places.h"

#include <gtest/gtest.h>

namespace madang::city {
namespace {

TEST(known_places, are_those_from_which_a_login_was_let_in_lately) {
  KnownPlaces places(2, std::chrono::hours{1});
  auto const now = instant_of_millis(1'800'000'000'000);
  places.add("kim", "10.0.0.1", now);
  EXPECT_TRUE(places.knows("kim", "10.0.0.1", now + std::chrono::minutes{59}));
  EXPECT_FALSE(places.knows("kim", "10.0.0.1", now + std::chrono::hours{1}));
  EXPECT_FALSE(places.knows("lee", "10.0.0.1", now));
  EXPECT_FALSE(places.knows("kim", "10.0.0.2", now));
  places.add("lee", "10.0.0.1", now + Millis{1});
  places.add("park", "10.0.0.1", now + Millis{2});
  EXPECT_FALSE(places.knows("kim", "10.0.0.1", now + Millis{3})) << "the one that is longest ago goes";
  EXPECT_TRUE(places.knows("lee", "10.0.0.1", now + Millis{3}));
}

}  // namespace
}  // namespace madang::city
