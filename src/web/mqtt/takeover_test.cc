// Connections that have one name after each other on different network threads, whose mailboxes are opened when the test wants it.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "web/mqtt/encode.h"
#include "web/mqtt/session.h"
#include "web/mqtt/test_handler.h"

namespace madang::web::mqtt {
namespace {

constexpr std::string_view kStatus = "things/pole-1/status";

class TakeoverTest : public testing::Test {
 protected:
  TakeoverTest() { hub.set_mailboxes({threads[0].mailbox, threads[1].mailbox, threads[2].mailbox}); }

  /// One more that says to be the same device.
  Session& connect(std::size_t thread, std::string_view will = {}) {
    auto& own = threads[thread];
    own.session = std::make_unique<Session>(own.needs, Address{thread, ++connections}, net::Certificate{});
    Connect c;
    c.client_id = "c1";
    c.username = "pole-1";
    c.password = "secret";
    if (!will.empty()) c.will = Will{kStatus, will, 1, true, {}};
    std::string bytes;
    encode(bytes, c, Version::k5);
    own.session->receive(bytes);
    return *own.session;
  }
  /// Its socket has closed.
  void close(std::size_t thread) { std::exchange(threads[thread].session, nullptr)->closed(); }

  void open_letters(std::size_t thread) {
    std::vector<Letter> letters;
    threads[thread].mailbox->take(letters);
    for (auto& letter : letters) {
      auto* const answer = std::get_if<Answer>(&letter);
      if (answer != nullptr && answer->result && answer->forward) hub.forward(answer->forward);
      auto* const session = threads[thread].session.get();
      if (session == nullptr) continue;
      if (std::holds_alternative<FormerEnded>(letter)) session->end_former();
      if (std::holds_alternative<Eviction>(letter)) session->evict();
    }
  }

  Limits limits;
  runtime::Metrics metrics;
  Counters counters{metrics};
  runtime::ManualClock clock{instant_of_millis(1'000'000)};
  TestHandler handler;
  Hub hub{limits, counters, clock};
  struct Thread {
    explicit Thread(TakeoverTest& all) : needs{all.hub, all.handler, all.clock, all.counters, all.limits, mailbox} {}
    std::shared_ptr<net::Mailbox<Letter>> mailbox = std::make_shared<net::Mailbox<Letter>>([] {});
    SessionNeeds needs;
    std::unique_ptr<Session> session;
  };
  std::array<Thread, 3> threads{Thread{*this}, Thread{*this}, Thread{*this}};
  std::uint64_t connections = 0;
};

TEST_F(TakeoverTest, lets_in_what_comes_next_when_the_will_before_it_was_forwarded_and_not_only_accepted) {
  handler.hold();
  connect(0, "gone");
  auto& back = connect(1);
  open_letters(0);
  ASSERT_EQ(handler.received().size(), 1U);
  open_letters(1);
  EXPECT_TRUE(back.paused()) << "the will is not stored";

  handler.release();
  open_letters(1);
  EXPECT_TRUE(back.paused()) << "what it said would be retained before the will";
  EXPECT_FALSE(hub.retains(kStatus));

  open_letters(0);
  EXPECT_TRUE(hub.retains(kStatus));
  open_letters(1);
  EXPECT_FALSE(back.paused());
}

TEST_F(TakeoverTest, waits_for_the_will_of_a_connection_that_has_closed) {
  handler.hold();
  connect(0, "gone");
  close(0);
  auto& back = connect(1);
  EXPECT_TRUE(back.paused());

  handler.release();
  open_letters(1);
  EXPECT_TRUE(back.paused());
  open_letters(0);
  open_letters(1);

  EXPECT_FALSE(back.paused());
  close(1);
  EXPECT_FALSE(connect(2).paused()) << "nobody has the name";
}

TEST_F(TakeoverTest, waits_for_the_will_of_whom_the_connection_before_waited_for) {
  connect(0, "gone");
  connect(1);
  auto& back = connect(2);
  open_letters(1);
  close(1);
  open_letters(2);
  EXPECT_TRUE(back.paused()) << "the will of the first is still to come";

  open_letters(0);
  open_letters(0);
  EXPECT_TRUE(hub.retains(kStatus));
  open_letters(2);
  EXPECT_FALSE(back.paused());
}

TEST_F(TakeoverTest, waits_for_the_wills_of_all_that_had_the_name) {
  connect(0, "gone");
  connect(1, "gone too");
  auto& back = connect(2);
  open_letters(0);
  open_letters(0);
  open_letters(2);
  EXPECT_TRUE(back.paused()) << "the second has said nothing yet";

  open_letters(1);
  open_letters(1);
  open_letters(2);
  EXPECT_FALSE(back.paused());
}

TEST_F(TakeoverTest, waits_for_no_will_that_is_refused) {
  connect(0, "bad");
  auto& back = connect(1);
  EXPECT_TRUE(back.paused());

  open_letters(0);
  open_letters(0);
  open_letters(1);

  EXPECT_FALSE(back.paused());
}

TEST_F(TakeoverTest, waits_for_no_will_on_which_the_room_above_throws) {
  connect(0, "throws once");
  auto& back = connect(1);

  EXPECT_THROW(open_letters(0), std::runtime_error);
  open_letters(1);

  EXPECT_FALSE(back.paused());
}

TEST_F(TakeoverTest, waits_for_nobody_where_the_connection_before_had_no_will) {
  connect(0);
  auto& back = connect(1);
  open_letters(0);
  open_letters(1);
  EXPECT_FALSE(back.paused());
}

}  // namespace
}  // namespace madang::web::mqtt
