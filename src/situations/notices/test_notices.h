// What tests of notices share: Situations with subscribers, receivers on loopback, waiting for what another thread does.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "embedded_locales.h"
#include "situations/notices/notices.h"
#include "situations/situation_json.h"
#include "situations/test_situations.h"
#include "support/hook_receiver.h"
#include "support/mail_receiver.h"
#include "support/soon.h"

namespace madang::situations::notices {

inline runtime::Messages messages_of_the_house() { return *runtime::Messages::load(embedded_locales(), "Asia/Seoul"); }

using test::soon;

inline Subscriber webhook(std::string url) {
  Subscriber s;
  s.name = "a webhook";
  s.channel = Channel::kWebhook;
  s.address = std::move(url);
  return s;
}
inline Subscriber mail(std::string address) {
  Subscriber s;
  s.name = "a mailbox";
  s.channel = Channel::kEmail;
  s.address = std::move(address);
  return s;
}

inline std::vector<std::string> events(test::HookReceiver const& hook) {
  std::vector<std::string> all;
  for (auto const& each : hook.received()) all.push_back(each.header("madang-event"));
  return all;
}

/// Subscribers may point to loopback; deliveries begin with start().
class NoticesTest : public SituationsTest {
 protected:
  NoticesTest() {
    options.mail_from = "alerts@city.example";
    options.webhooks.allow_private_addresses = true;
    subscribers = *Subscribers::open({.records = *records, .city = *city, .messages = messages, .clock = clock},
                                     {.mail = true, .allow_private_addresses = true});
  }
  ~NoticesTest() override { notices.reset(); }

  Subscriber add(Subscriber subscriber) {
    auto const added = subscribers->add(std::move(subscriber), {});
    EXPECT_TRUE(added) << added.error().sentence;
    return added.value_or(Subscriber{});
  }
  void start() {
    auto started = Notices::start({.records = *records,
                                   .situations = *situations,
                                   .city = *city,
                                   .messages = messages,
                                   .clock = clock,
                                   .metrics = metrics,
                                   .publisher = {both("Madang city", "마당시"), "Asia/Seoul", "https://city.example", "madang@city.example"}},
                                  options);
    ASSERT_TRUE(started) << started.error().sentence;
    notices = *std::move(started);
  }
  /// Due from a server that ended before it delivered anything.
  void raise_before_start(std::initializer_list<char const*> keys) {
    auto const wanted = std::exchange(options, Notices::Options{});
    start();
    notices->stop();
    for (auto const* key : keys) raise(plume(key));
    notices.reset();
    reopen();
    options = wanted;
  }
  /// Moves the clock, and lets the deliveries see it.
  void after(Millis time) {
    clock.advance(time);
    notices->wake();
  }
  Tally tally(Subscriber const& s) {
    auto const found = subscribers->find(s.id);
    return found ? found->tally : Tally{};
  }

  runtime::Messages messages = messages_of_the_house();
  Notices::Options options;
  std::unique_ptr<Subscribers> subscribers;
  std::unique_ptr<Notices> notices;
};

}  // namespace madang::situations::notices
