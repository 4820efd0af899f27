// Dead subscribers beside living ones, at load: those who answer are told as fast as if they were alone.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "situations/notices/test_notices.h"
#include "support/server_process.h"

namespace madang::situations::notices {
namespace {

using namespace std::chrono_literals;
using test::HookAnswer;
using test::HookReceiver;
using Steady = std::chrono::steady_clock;

/// Listens, and never accepts: its queue of connections is full after a few, then even connecting hangs.
class BlackHole {
 public:
  BlackHole() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_, plain, size), 0);
    EXPECT_EQ(::listen(socket_, 1), 0);
    EXPECT_EQ(::getsockname(socket_, plain, &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~BlackHole() { ::close(socket_); }
  BlackHole(BlackHole const&) = delete;
  BlackHole& operator=(BlackHole const&) = delete;
  [[nodiscard]] std::string url(int number) const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/" + std::to_string(number);
  }

 private:
  int socket_ = -1;
  std::uint16_t port_ = 0;
};

/// The system's clock: what is measured here is time itself.
struct NoticesAtLoad : testing::Test {
  static constexpr int kLiving = 40;
  static constexpr int kDead = 40;
  static constexpr int kChanges = 100;

  test::TemporaryDirectory folder;
  runtime::SystemClock clock;
  runtime::Metrics metrics;
  runtime::Messages messages = messages_of_the_house();
  std::unique_ptr<storage::Records> records = *storage::Records::open("sqlite:" + (folder.path() / "r.db").string(), clock);
  std::unique_ptr<city::City> city = *city::City::open(*records, clock);
  std::unique_ptr<Situations> situations =
      *Situations::open({.records = *records, .city = *city, .clock = clock, .metrics = metrics}, {});
  std::unique_ptr<Subscribers> subscribers =
      *Subscribers::open({.records = *records, .city = *city, .messages = messages, .clock = clock},
                         {.mail = true, .allow_private_addresses = true});
  std::unique_ptr<Notices> notices;

  void start() {
    Notices::Options options;
    options.mail_from = "alerts@city.example";
    options.webhooks.allow_private_addresses = true;
    options.pace.backoff_first = 100ms;
    notices = *Notices::start({.records = *records,
                               .situations = *situations,
                               .city = *city,
                               .messages = messages,
                               .clock = clock,
                               .metrics = metrics,
                               .publisher = {both("City", "도시"), "Asia/Seoul", "", "madang@city.example"}},
                              options);
  }
};

TEST_F(NoticesAtLoad, forty_dead_subscribers_delay_nobody) {
  HookReceiver living;
  HookReceiver silent([](test::ReceivedHook const&) { return HookAnswer{.manner = HookAnswer::Manner::kHangs}; });
  BlackHole const hole;
  for (int i = 0; i < kDead / 2; ++i) {
    ASSERT_TRUE(subscribers->add(webhook(hole.url(i)), {}));
    ASSERT_TRUE(subscribers->add(webhook(silent.url("/" + std::to_string(i))), {}));
  }
  for (int i = 0; i < kLiving; ++i) ASSERT_TRUE(subscribers->add(webhook(living.url("/" + std::to_string(i))), {}));
  start();
  std::map<std::string, Steady::time_point> raised;
  for (int i = 0; i < kChanges; ++i) {
    auto const key = "load-" + std::to_string(i);
    auto signal = plume(key);
    signal.headline = both(key, key);
    ASSERT_TRUE(situations->raise(signal));
    raised[key] = Steady::now();
    std::this_thread::sleep_for(20ms);
  }
  ASSERT_TRUE(living.wait_for(static_cast<std::size_t>(kChanges) * kLiving, 60s)) << living.received().size();
  std::vector<double> waits;
  for (auto const& hook : living.received()) {
    auto const from = hook.body.find("\"headline\":{\"en\":\"") + 18;
    auto const key = hook.body.substr(from, hook.body.find('"', from) - from);
    waits.push_back(std::chrono::duration<double>(hook.at - raised.at(key)).count());
  }
  std::ranges::sort(waits);
  auto const p99 = waits[waits.size() * 99 / 100];
  RecordProperty("p50_seconds", std::to_string(waits[waits.size() / 2]));
  RecordProperty("p99_seconds", std::to_string(p99));
  std::printf("%d notices to %d living beside %d dead subscribers: p50 %.3f s, p99 %.3f s, worst %.3f s\n", kChanges * kLiving,
              kLiving, kDead, waits[waits.size() / 2], p99, waits.back());
  // A dead one holds its place for 15 s, so waiting behind one would show; the bound leaves room for sanitizers.
  EXPECT_LT(waits.back(), 10.0);
  EXPECT_EQ(living.received().size(), static_cast<std::size_t>(kChanges) * kLiving) << "nobody hears anything twice";
  auto const all = *subscribers->all();
  auto const dead_owed = std::ranges::count_if(all, [](auto const& s) { return s.tally.owed == kChanges; });
  EXPECT_EQ(dead_owed, kDead) << "what the dead are owed is kept for them";
}

TEST_F(NoticesAtLoad, a_queue_that_overflows_is_counted_to_the_last_notice) {
  HookReceiver silent([](test::ReceivedHook const&) { return HookAnswer{.manner = HookAnswer::Manner::kHangs}; });
  auto const dead = *subscribers->add(webhook(silent.url()), {});
  start();
  constexpr int kMore = 60;
  for (int i = 0; i < static_cast<int>(kPendingMax) + kMore; ++i) ASSERT_TRUE(situations->raise(plume("k" + std::to_string(i))));
  ASSERT_TRUE(situations->raise(plume("k5", Severity::kCritical)));
  auto const tally = subscribers->find(dead.id)->tally;
  EXPECT_EQ(tally.owed, static_cast<std::int64_t>(kPendingMax));
  EXPECT_EQ(tally.dropped, kMore);
  EXPECT_EQ(tally.superseded, 1);
  auto const text = metrics.text();
  EXPECT_NE(text.find("madang_situations_notices_total{channel=\"webhook\",result=\"dropped\"} 60"), std::string::npos) << text;
}

TEST_F(NoticesAtLoad, a_mail_server_that_hangs_delays_no_webhook) {
  HookReceiver living;
  ASSERT_TRUE(subscribers->add(webhook(living.url()), {}));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(subscribers->add(mail("m" + std::to_string(i) + "@city.example"), {}));
  test::MailReceiver mails({.manner = [](test::MailStep const&) { return test::MailManner{.hangs = true}; },
                            .certificate = {},
                            .tls_at_once = false,
                            .login = {}});
  Notices::Options options;
  options.mail = {.url = mails.url(), .user = {}, .password = {}, .ca_file = {}, .require_tls = false};
  options.mail_from = "alerts@city.example";
  options.webhooks.allow_private_addresses = true;
  notices = *Notices::start({.records = *records,
                             .situations = *situations,
                             .city = *city,
                             .messages = messages,
                             .clock = clock,
                             .metrics = metrics,
                             .publisher = {both("City", "도시"), "Asia/Seoul", "", "madang@city.example"}},
                            options);
  auto const began = Steady::now();
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(situations->raise(plume("k" + std::to_string(i))));
  EXPECT_TRUE(living.wait_for(20, 20s));
  EXPECT_LT(Steady::now() - began, 10s);
  EXPECT_LE(mails.connections(), kMailsInFlightMax);
}

}  // namespace
}  // namespace madang::situations::notices
