#include "city/throttle.h"

#include <gtest/gtest.h>

#include "city/secrets.h"

namespace madang::city {
namespace {

constexpr Instant kStart = instant_of_millis(1'790'000'000'000);
constexpr Throttle::Options kTwoPerMinute{2, Millis{60'000}, 2};

TEST(throttle, refuses_more_tries_than_fit_the_window) {
  Throttle throttle(kTwoPerMinute);
  EXPECT_TRUE(throttle.try_once("a", kStart));
  EXPECT_TRUE(throttle.try_once("a", kStart + Millis{30'000}));
  EXPECT_FALSE(throttle.try_once("a", kStart + Millis{59'999}));
  EXPECT_TRUE(throttle.try_once("a", kStart + Millis{60'000}));
}

TEST(throttle, takes_back_one_try_and_no_other) {
  Throttle throttle(kTwoPerMinute);
  EXPECT_TRUE(throttle.try_once("a", kStart));
  EXPECT_TRUE(throttle.try_once("a", kStart + Millis{1}));
  throttle.forgive("a", kStart + Millis{1});
  EXPECT_TRUE(throttle.try_once("a", kStart + Millis{2}));
  EXPECT_FALSE(throttle.try_once("a", kStart + Millis{3}));
}

TEST(throttle, forgets_whose_tries_are_all_taken_back) {
  Throttle throttle(kTwoPerMinute);
  EXPECT_TRUE(throttle.try_once("a", kStart));
  throttle.forgive("a", kStart);
  throttle.forgive("nobody", kStart);
  EXPECT_TRUE(throttle.try_once("b", kStart));
  EXPECT_TRUE(throttle.try_once("c", kStart));
  EXPECT_TRUE(throttle.try_once("d", kStart)) << "the quietest of two goes";
}

TEST(throttle, forgets_the_quietest_when_too_many_are_known) {
  Throttle throttle(kTwoPerMinute);
  EXPECT_TRUE(throttle.try_once("quiet", kStart));
  EXPECT_TRUE(throttle.try_once("busy", kStart + Millis{1}));
  EXPECT_TRUE(throttle.try_once("busy", kStart + Millis{2}));
  EXPECT_TRUE(throttle.try_once("new", kStart + Millis{3}));
  EXPECT_FALSE(throttle.try_once("busy", kStart + Millis{4}));
}

TEST(secrets, are_long_random_and_url_safe) {
  auto const one = random_token();
  EXPECT_EQ(one.size(), 43u);
  EXPECT_NE(one, random_token());
  constexpr auto kUrlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  EXPECT_EQ(one.find_first_not_of(kUrlSafe), std::string::npos);
}

TEST(secrets, hash_and_derive_the_same_from_the_same) {
  EXPECT_EQ(hash_of_token("abc"), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  EXPECT_EQ(derived_token("abc", "a purpose"), derived_token("abc", "a purpose"));
  EXPECT_NE(derived_token("abc", "a purpose"), derived_token("abc", "b purpose"));
}

TEST(secrets, know_the_password_again) {
  auto const hash = hash_of_password("correct horse battery");
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$"));
  EXPECT_TRUE(password_matches("correct horse battery", *hash));
  EXPECT_FALSE(password_matches("correct horse batterx", *hash));
}

}  // namespace
}  // namespace madang::city
