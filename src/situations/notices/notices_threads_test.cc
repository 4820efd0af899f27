// Several detectors, an operator and the deliveries at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "situations/notices/test_notices.h"

namespace madang::situations::notices {
namespace {

struct notices_at_once : NoticesTest {};

TEST_F(notices_at_once, reach_everybody_while_subscribers_come_and_go) {
  constexpr int kEach = 15;
  test::HookReceiver hook;
  add(webhook(hook.url("/stays")));
  start();
  auto detector = [this](std::string const& name) {
    for (int i = 0; i < kEach; ++i) ASSERT_TRUE(situations->raise(plume(name + std::to_string(i))));
  };
  std::atomic<bool> done = false;
  std::thread a(detector, "a");
  std::thread b(detector, "b");
  std::thread operators([&] {
    for (int i = 0; !done; ++i) {
      auto const s = subscribers->add(webhook(hook.url("/" + std::to_string(i))), {});
      ASSERT_TRUE(s);
      ASSERT_TRUE(subscribers->test(s->id));
      notices->wake();
      ASSERT_TRUE(subscribers->all());
      ASSERT_TRUE(subscribers->remove(s->id, {}));
    }
  });
  std::thread scraper([&] {
    while (!done) EXPECT_FALSE(metrics.text().empty());
  });
  a.join();
  b.join();
  auto const stayed = [&] {
    auto const all = hook.received();
    return std::ranges::count(all, "/stays", &test::ReceivedHook::path) == 2 * kEach;
  };
  EXPECT_TRUE(soon(stayed, std::chrono::seconds{60}));
  done = true;
  operators.join();
  scraper.join();
  notices->stop();
  EXPECT_TRUE(situations->raise(plume("late"))) << "changes go on after the deliveries stopped";
}

}  // namespace
}  // namespace madang::situations::notices
