// What a network thread survives, who is let in, and whom a failure costs something.
#include "web/net/network_thread.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "web/net/acceptor.h"
#include "web/net/connections.h"
#include "web/net/mailbox.h"

namespace madang::web::net {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr auto kSoonEnough = 30s;

TEST(network_thread, goes_on_after_something_threw) {
  NetworkThread thread("test");
  std::promise<void> ran;
  thread.post([] { throw std::runtime_error("broken"); });
  thread.post([] { throw 7; });
  thread.post([&ran] { ran.set_value(); });

  thread.start();

  EXPECT_EQ(ran.get_future().wait_for(kSoonEnough), std::future_status::ready);
}

TEST(network_thread, looks_again_after_a_look_threw) {
  NetworkThread thread("test");
  std::promise<void> looked_thrice;
  thread.every(1ms, [&, looks = 0]() mutable {
    if (++looks == 3) looked_thrice.set_value();
    throw std::runtime_error("broken");
  });

  thread.start();

  EXPECT_EQ(looked_thrice.get_future().wait_for(kSoonEnough), std::future_status::ready);
}

TEST(network_thread, ends_in_time_although_work_waits) {
  NetworkThread thread("test");
  thread.every(1h, [] {});
  thread.post([&thread] { thread.end_within(1ms); });

  thread.start();

  thread.join();
}

TEST(mailbox, wakes_once_for_many_letters) {
  int woken = 0;
  Mailbox<int> mailbox([&woken] { ++woken; });
  std::vector<int> taken;

  mailbox.post(1);
  mailbox.post(2);
  mailbox.take(taken);

  EXPECT_EQ(woken, 1);
  EXPECT_THAT(taken, ElementsAre(1, 2));
}

TEST(mailbox, wakes_again_after_a_letter_threw_and_loses_none_of_the_others) {
  int woken = 0;
  Mailbox<int> mailbox([&woken] { ++woken; });
  std::vector<int> room;
  std::vector<int> opened;
  auto const open = [&opened](int letter) {
    if (letter == 1) throw std::runtime_error("broken");
    opened.push_back(letter);
  };

  mailbox.post(1);
  mailbox.post(2);
  mailbox.open_each("test", room, open);
  mailbox.post(3);
  EXPECT_EQ(woken, 2);
  mailbox.open_each("test", room, open);

  EXPECT_THAT(opened, ElementsAre(2, 3));
}

TEST(mailbox, wakes_again_though_old_letters_were_left_in_the_room_and_when_waking_failed) {
  int woken = 0;
  Mailbox<int> mailbox([&woken] {
    if (++woken == 1) throw std::runtime_error("no memory");
  });
  std::vector<int> room{7};

  EXPECT_THROW(mailbox.post(1), std::runtime_error);
  mailbox.post(2);
  EXPECT_EQ(woken, 2);
  mailbox.take(room);
  EXPECT_THAT(room, ElementsAre(1, 2));
  mailbox.post(3);
  EXPECT_EQ(woken, 3);
}

TEST(mailbox, gives_back_what_nobody_took_and_takes_no_more) {
  Mailbox<int> mailbox([] {});
  mailbox.post(1);

  EXPECT_THAT(mailbox.close(), ElementsAre(1));
  EXPECT_FALSE(mailbox.post(2));
}

struct FakeConnection {
  Connections<FakeConnection>& all;
  std::uint64_t number;
  int times = 0;
  void close() { all.forget(number); }
};

TEST(connections, one_that_throws_is_closed_and_the_others_go_on) {
  Connections<FakeConnection> all("test");
  std::vector<std::shared_ptr<FakeConnection>> three;
  for (std::uint64_t i = 0; i < 3; ++i) {
    three.push_back(std::make_shared<FakeConnection>(FakeConnection{all, i}));
    all.add(i, three.back());
  }

  all.each([](FakeConnection& connection) {
    ++connection.times;
    if (connection.number == 1) throw std::runtime_error("broken");
  });

  EXPECT_EQ(three[0]->times + three[1]->times + three[2]->times, 3);
  EXPECT_NE(all.find(0), nullptr);
  EXPECT_EQ(all.find(1), nullptr);
  EXPECT_NE(all.find(2), nullptr);
}

/// Two threads and a door; remembers for which thread each socket was.
class acceptor : public testing::Test {
 protected:
  acceptor() {
    a.start();
    b.start();
  }
  ~acceptor() override {
    door.close();
    a.end();
    b.end();
    a.join();
    b.join();
  }
  void connect() {
    boost::asio::io_context io;
    boost::asio::ip::tcp::socket socket{io};
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), door.port()});
  }
  void await(std::size_t sockets) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, kSoonEnough, [&] { return dealt.size() >= sockets; });
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::size_t> dealt;
  NetworkThread b{"test"};
  NetworkThread a{"test"};  ///< goes before b: what it did not accept any more is a socket of the other's
  Acceptor door{"test", {&a, &b}, [this](boost::asio::ip::tcp::socket const&, std::size_t thread) {
                  std::scoped_lock const lock(mutex);
                  dealt.push_back(thread);
                  changed.notify_all();
                  if (dealt.size() == 2) throw std::runtime_error("broken");
                }};
};

TEST_F(acceptor, deals_connections_in_turn_and_goes_on_after_one_threw) {
  ASSERT_TRUE(door.listen("localhost", 0));
  door.start();

  connect();
  connect();
  connect();
  await(3);

  EXPECT_THAT(dealt, ElementsAre(0U, 1U, 0U));
}

TEST(hand_over, closes_a_socket_that_its_new_loop_cannot_take) {
  namespace asio = boost::asio;
  asio::io_context io;
  asio::ip::tcp::acceptor listening{io, {asio::ip::make_address("127.0.0.1"), 0}};
  asio::ip::tcp::socket client{io};
  client.connect(listening.local_endpoint());
  auto accepted = listening.accept();
  asio::io_context other;
  asio::ip::tcp::socket occupied{other, asio::ip::tcp::v4()};  // as one that the kernel will not watch

  EXPECT_TRUE(hand_over(std::move(accepted), occupied));

  client.non_blocking(true);
  char byte = 0;
  boost::system::error_code ec;
  auto const deadline = std::chrono::steady_clock::now() + kSoonEnough;
  do {
    client.read_some(asio::buffer(&byte, 1), ec);
  } while (ec == asio::error::would_block && std::chrono::steady_clock::now() < deadline);
  EXPECT_EQ(ec, asio::error::eof);
}

TEST(hand_over, moves_a_socket_to_another_loop) {
  namespace asio = boost::asio;
  asio::io_context io;
  asio::ip::tcp::acceptor listening{io, {asio::ip::make_address("127.0.0.1"), 0}};
  asio::ip::tcp::socket client{io};
  client.connect(listening.local_endpoint());
  asio::io_context other;
  asio::ip::tcp::socket moved{other};

  EXPECT_FALSE(hand_over(listening.accept(), moved));

  EXPECT_EQ(moved.remote_endpoint(), client.local_endpoint());
}

TEST_F(acceptor, says_why_it_cannot_listen) {
  ASSERT_TRUE(door.listen("127.0.0.1", 0));
  Acceptor second{"test", {&a}, [](boost::asio::ip::tcp::socket const&, std::size_t) {}};

  auto const taken = second.listen("127.0.0.1", door.port());

  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::kUnavailable);
  EXPECT_EQ(taken.error().sentence, "cannot listen on 127.0.0.1:" + std::to_string(door.port()) + ": Address already in use");
}

}  // namespace
}  // namespace madang::web::net
