// Our client reads a city's own broker: Debian's mosquitto, started by the test.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <fstream>
#include <future>
#include <mutex>
#include <set>

#include "support/free_port.h"
#include "support/server_process.h"
#include "waiting.h"
#include "web/mqtt/mqtt.h"

namespace madang::web::mqtt {
namespace {

using test::run_command;

class Broker {
 public:
  Broker() {
    std::ofstream config(folder_.path() / "mosquitto.conf");
    config << "listener " << port_ << " 127.0.0.1\nallow_anonymous true\nmax_queued_messages 100000\n"
           << "max_inflight_messages 1000\nset_tcp_nodelay true\npersistence false\nlog_dest none\n";
    if (::geteuid() == 0) config << "user root\n";
    config.close();
    start();
  }
  ~Broker() { stop(); }

  void start() {
    auto const config = (folder_.path() / "mosquitto.conf").string();
    process_ = ::fork();
    if (process_ == 0) {
      ::execlp("mosquitto", "mosquitto", "-c", config.c_str(), nullptr);
      ::execlp("/usr/sbin/mosquitto", "mosquitto", "-c", config.c_str(), nullptr);
      ::_exit(127);
    }
    EXPECT_TRUE(eventually([&] { return publish("up", "1").status == 0; }));
  }
  void stop() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  test::CommandOutcome publish(std::string const& topic, std::string const& payload) const {
    return run_command({"mosquitto_pub", "-h", "127.0.0.1", "-p", std::to_string(port_), "-q", "1", "-t", topic, "-m",
                        payload});
  }
  /// Payloads 1 to `count`.
  void publish_many(std::string const& topic, int count) const {
    auto const outcome = run_command({"sh", "-c", "seq 1 " + std::to_string(count) + " | mosquitto_pub -h 127.0.0.1 -p " +
                                                  std::to_string(port_) + " -q 1 -l -t " + topic});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  test::TemporaryDirectory folder_;
  std::uint16_t port_ = test::free_port();
  pid_t process_ = -1;
};

/// What the reader saw; it may keep its answers back, or refuse the first time.
class Reader {
 public:
  enum class Answer { kAccept, kKeepBack, kRefuseFirst };
  explicit Reader(Answer answer = Answer::kAccept) : answer_(answer) {}

  OnMessage receiver() {
    return [this](Message message, Accepted accepted) {
      std::unique_lock lock(mutex_);
      bool const first = payloads_.insert(message.payload).second;
      ++count_;
      changed_.notify_all();
      if (answer_ == Answer::kKeepBack) return kept_.push_back(std::move(accepted));
      lock.unlock();
      accepted(first && answer_ == Answer::kRefuseFirst ? fail(Code::kUnavailable, "the store is away")
                                                        : Result<void>{});
    };
  }
  bool wait_for_payloads(std::size_t different) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{60}, [&] { return payloads_.size() >= different; });
  }
  bool wait_for_count(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds{60}, [&] { return count_ >= count; });
  }

 private:
  Answer const answer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::string> payloads_;
  std::size_t count_ = 0;
  std::vector<Accepted> kept_;
};

class CityBroker : public testing::Test {
 protected:
  std::unique_ptr<Client> read(Reader& reader) {
    ClientOptions options;
    options.host = "127.0.0.1";
    options.port = broker.port();
    options.client_id = "madang";
    options.subscriptions = {{"city/#", 1}};
    auto started = Client::start(options, reader.receiver());
    EXPECT_TRUE(started);
    EXPECT_TRUE(eventually([&] { return (*started)->connected(); }));
    return *std::move(started);
  }

  Broker broker;
};

TEST_F(CityBroker, keeps_for_us_what_is_published_while_we_are_away) {
  Reader before;
  read(before)->stop();
  broker.publish_many("city/air", 3000);

  Reader after;
  auto const client = read(after);

  EXPECT_TRUE(after.wait_for_payloads(3000));
}

TEST_F(CityBroker, sends_again_what_was_received_but_not_accepted) {
  Reader first{Reader::Answer::kKeepBack};
  auto client = read(first);
  broker.publish_many("city/air", 100);
  ASSERT_TRUE(first.wait_for_payloads(100));
  client->stop();

  Reader second;
  auto const again = read(second);

  EXPECT_TRUE(second.wait_for_payloads(100));
}

TEST_F(CityBroker, sends_again_after_an_error) {
  Reader reader{Reader::Answer::kRefuseFirst};
  auto const client = read(reader);

  broker.publish("city/air", "12");

  EXPECT_TRUE(reader.wait_for_count(2));
}

TEST_F(CityBroker, is_found_again_after_a_restart) {
  Reader reader;
  auto const client = read(reader);
  broker.stop();
  ASSERT_TRUE(eventually([&] { return !client->connected(); }));

  broker.start();
  ASSERT_TRUE(eventually([&] { return client->connected(); }));
  broker.publish("city/air", "after");

  EXPECT_TRUE(reader.wait_for_payloads(1));
}

TEST_F(CityBroker, takes_what_we_publish) {
  Reader reader;
  auto const client = read(reader);
  std::promise<Result<void>> result;

  client->publish(Message{"city/state", "calm", 1, true}, [&](Result<void> r) { result.set_value(std::move(r)); });

  EXPECT_TRUE(result.get_future().get());
  auto const heard = run_command({"mosquitto_sub", "-h", "127.0.0.1", "-p", std::to_string(broker.port()), "-t",
                                  "city/state", "-C", "1"});
  EXPECT_EQ(heard.out, "calm\n");
}

}  // namespace
}  // namespace madang::web::mqtt
