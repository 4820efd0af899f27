// Debian's mosquitto_pub, mosquitto_sub and a libmosquitto program speak with our listener.
#include <gtest/gtest.h>

#include <future>

#include "mosquitto_client.h"
#include "support/server_process.h"
#include "waiting.h"
#include "web/mqtt/mqtt.h"
#include "web/mqtt/test_handler.h"

namespace madang::web::mqtt {
namespace {

using test::CommandOutcome;
using test::run_command;

class ListenerStory : public testing::Test {
 protected:
  void start(ListenerOptions options = {}) {
    auto started = Listener::start(std::move(options), handler, clock, metrics);
    ASSERT_TRUE(started) << started.error().sentence;
    listener = *std::move(started);
  }
  std::vector<std::string> words(std::string program, std::string version, std::vector<std::string> const& more,
                                 std::string const& user = "pole-1") const {
    std::vector<std::string> all{std::move(program), "-h", "127.0.0.1", "-p", std::to_string(listener->port()),
                                 "-V", std::move(version), "-u", user, "-P", "secret"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  CommandOutcome pub(std::string version, std::vector<std::string> const& more) const {
    return run_command(words("mosquitto_pub", std::move(version), more));
  }
  /// Runs beside the test until it has its messages; returns once it has subscribed.
  std::future<CommandOutcome> sub(std::string version, std::vector<std::string> const& more) {
    auto running = std::async(std::launch::async, run_command,
                              words("mosquitto_sub", std::move(version), more, "admin"));
    EXPECT_TRUE(eventually([&] { return shows(metrics, "madang_mqtt_subscriptions 1"); }));
    return running;
  }

  TestHandler handler;
  runtime::ManualClock clock{instant_of_millis(1'764'000'000'000)};
  runtime::Metrics metrics;
  std::unique_ptr<Listener> listener;
};

struct Way {
  std::string version;
  std::string qos;
};

class PublishStory : public ListenerStory, public testing::WithParamInterface<Way> {};

TEST_P(PublishStory, mosquitto_pub_reaches_the_room_above) {
  start();

  auto const outcome = pub(GetParam().version, {"-q", GetParam().qos, "-t", "things/pole-1/obs", "-m", "{\"pm25\":12}"});

  EXPECT_EQ(outcome.status, 0) << outcome.err;
  ASSERT_TRUE(handler.wait_for(1));
  EXPECT_EQ(handler.received()[0].payload, "{\"pm25\":12}");
  EXPECT_EQ(std::to_string(handler.received()[0].qos), GetParam().qos);
}

TEST_P(PublishStory, mosquitto_sub_hears_mosquitto_pub) {
  start();
  auto hearing = sub(GetParam().version, {"-q", GetParam().qos, "-t", "things/+/obs", "-C", "2", "-F", "%t %q %p"});

  pub(GetParam().version, {"-q", GetParam().qos, "-t", "things/pole-1/obs", "-m", "one"});
  pub(GetParam().version, {"-q", GetParam().qos, "-t", "things/pole-1/obs", "-m", "two"});

  std::string const q = GetParam().qos == "0" ? "0" : "1";  // subscribers get 1 at most
  EXPECT_EQ(hearing.get().out, "things/pole-1/obs " + q + " one\nthings/pole-1/obs " + q + " two\n");
}

INSTANTIATE_TEST_SUITE_P(both_versions_and_qos, PublishStory,
                         testing::Values(Way{"mqttv311", "0"}, Way{"mqttv311", "1"}, Way{"mqttv5", "0"},
                                         Way{"mqttv5", "1"}, Way{"mqttv311", "2"}, Way{"mqttv5", "2"}),
                         [](auto const& test) { return test.param.version + "_qos" + test.param.qos; });

TEST_F(ListenerStory, mosquitto_pub_sends_many_lines_and_all_arrive) {
  start();
  auto all = words("mosquitto_pub", "mqttv5", {"-q", "1", "-t", "things/pole-1/obs", "-l"});
  std::string line = "seq 1 2000 |";
  for (auto const& word : all) line += " " + word;

  auto const outcome = run_command({"sh", "-c", line});

  EXPECT_EQ(outcome.status, 0) << outcome.err;
  ASSERT_EQ(handler.received().size(), 2000U);
  EXPECT_EQ(handler.received().back().payload, "2000");
}

TEST_F(ListenerStory, a_retained_message_greets_a_later_subscriber) {
  start();
  pub("mqttv311", {"-q", "1", "-r", "-t", "things/pole-1/state", "-m", "on"});

  auto const outcome = run_command(words("mosquitto_sub", "mqttv5", {"-t", "things/+/state", "-C", "1", "-F", "%r %p"},
                                         "admin"));

  EXPECT_EQ(outcome.out, "1 on\n");
}

TEST_F(ListenerStory, the_will_of_a_killed_client_is_heard) {
  start();
  auto hearing = sub("mqttv5", {"-t", "things/pole-1/status", "-C", "1"});
  auto killed = words("mosquitto_sub", "mqttv311", {"-t", "things/pole-1/desired", "--will-topic",
                                                    "things/pole-1/status", "--will-payload", "gone"});
  killed.insert(killed.begin(), {"timeout", "-s", "KILL", "1"});

  run_command(killed);

  EXPECT_EQ(hearing.get().out, "gone\n");
}

TEST_F(ListenerStory, a_second_client_of_the_same_name_takes_over) {
  start();
  MosquittoClient former({.port = listener->port(), .client_id = "one", .will_topic = {}, .will_payload = {}});
  ASSERT_EQ(former.connected(), 0);

  MosquittoClient second({.port = listener->port(), .client_id = "one", .will_topic = {}, .will_payload = {}});

  EXPECT_EQ(second.connected(), 0);
  EXPECT_EQ(former.disconnected(), 0x8E);
}

TEST_F(ListenerStory, a_silent_client_is_let_go_after_one_and_a_half_keep_alives) {
  start();
  MosquittoClient client({.port = listener->port(), .client_id = {}, .keep_alive_seconds = 10, .will_topic = {},
                          .will_payload = {}});
  ASSERT_EQ(client.connected(), 0);

  clock.advance(Millis{15'001});

  EXPECT_EQ(client.disconnected(), 0x8D);
}

TEST_F(ListenerStory, a_denied_publish_has_its_reason_under_version_5) {
  start();
  MosquittoClient client({.port = listener->port(), .client_id = {}, .will_topic = {}, .will_payload = {}});
  ASSERT_EQ(client.connected(), 0);

  client.publish("things/pole-2/obs", "1", 1);
  EXPECT_EQ(client.published(), 0x87);
  client.publish("things/pole-1/obs", "bad", 1);
  EXPECT_EQ(client.published(), 0x99);
  client.publish("things/pole-1/obs", "long", 1);
  EXPECT_EQ(client.published(), 0x83);
  client.publish("things/pole-1/obs", "full", 1);
  EXPECT_EQ(client.published(), 0x97);
  client.publish("things/pole-1/obs", "1", 1);
  EXPECT_EQ(client.published(), 0);
}

TEST_F(ListenerStory, a_denied_publish_under_3_1_1_ends_the_connection_without_puback) {
  start();
  MosquittoClient client({.port = listener->port(), .version5 = false, .client_id = {}, .will_topic = {},
                          .will_payload = {}});
  ASSERT_EQ(client.connected(), 0);

  client.publish("things/pole-2/obs", "1", 1);

  EXPECT_GT(client.disconnected(), 0);
  EXPECT_EQ(client.published_count(), 0U);
}

TEST_F(ListenerStory, a_poisoned_message_under_3_1_1_does_not_silence_the_device) {
  start();
  for (std::string const qos : {"1", "2"}) {
    auto all = words("mosquitto_pub", "mqttv311", {"-q", qos, "-t", "things/pole-1/obs", "-l"});
    std::string line = "printf 'one\\nbad\\nthree\\n' | timeout 30";
    for (auto const& word : all) line += " " + word;

    EXPECT_EQ(run_command({"sh", "-c", line}).status, 0) << qos;
  }

  ASSERT_EQ(handler.received().size(), 6U);
  EXPECT_EQ(handler.received()[2].payload, "three");
  EXPECT_TRUE(shows(metrics, R"(madang_mqtt_connects_total{result="accepted"} 2)"));
  EXPECT_TRUE(shows(metrics, R"(madang_mqtt_received_messages_total{result="refused"} 2)"));
}

TEST_F(ListenerStory, an_empty_retained_message_clears_in_both_versions) {
  start();
  for (std::string const version : {"mqttv311", "mqttv5"}) {
    pub(version, {"-q", "1", "-r", "-t", "things/pole-1/state", "-m", "on"});
    ASSERT_TRUE(eventually([&] { return shows(metrics, "madang_mqtt_retained_messages 1"); }));

    EXPECT_EQ(pub(version, {"-q", "1", "-r", "-n", "-t", "things/pole-1/state"}).status, 0);
    EXPECT_TRUE(eventually([&] { return shows(metrics, "madang_mqtt_retained_messages 0"); }));
  }
}

TEST_F(ListenerStory, a_foreign_will_does_not_keep_a_device_away) {
  start();
  for (std::string const version : {"mqttv311", "mqttv5"}) {
    auto const outcome = pub(version, {"-q", "1", "-t", "things/pole-1/obs", "-m", "1", "--will-topic", "tele/pole-1/LWT",
                                       "--will-payload", "Offline", "--will-qos", "1", "--will-retain"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
  }
  EXPECT_EQ(handler.received().size(), 2U);
  EXPECT_TRUE(shows(metrics, "madang_mqtt_wills_dropped_total 2"));
}

TEST_F(ListenerStory, mqtt_3_1_is_refused_for_good) {
  start();

  auto const outcome = pub("mqttv31", {"-q", "1", "-t", "things/pole-1/obs", "-m", "1"});

  EXPECT_EQ(outcome.status, 1) << outcome.err;  // CONNACK's "unacceptable protocol version"
}

TEST_F(ListenerStory, a_denied_subscription_says_so) {
  start();
  MosquittoClient client({.port = listener->port(), .client_id = {}, .will_topic = {}, .will_payload = {}});
  ASSERT_EQ(client.connected(), 0);

  client.subscribe("#", 1);

  EXPECT_EQ(client.subscribed(), 0x87);
}

TEST_F(ListenerStory, a_wrong_password_is_refused) {
  start();

  auto const outcome = run_command({"mosquitto_pub", "-h", "127.0.0.1", "-p", std::to_string(listener->port()), "-u",
                                    "pole-1", "-P", "guess", "-t", "things/pole-1/obs", "-m", "1"});

  EXPECT_EQ(outcome.status, 4) << outcome.err;  // CONNACK's "bad user name or password"
}

TEST_F(ListenerStory, a_message_above_the_limit_is_passed_over_under_3_1_1) {
  ListenerOptions options;
  options.limits.packet_bytes_max = 1000;
  start(options);
  // 3.1.1 has no way to learn the limit beforehand.
  MosquittoClient client({.port = listener->port(), .version5 = false, .client_id = {}, .will_topic = {},
                          .will_payload = {}});
  ASSERT_EQ(client.connected(), 0);

  client.publish("things/pole-1/obs", std::string(2'000'000, 'x'), 1);
  EXPECT_EQ(client.published(), 0);
  client.publish("things/pole-1/obs", "1", 1);
  EXPECT_EQ(client.published(), 0);

  ASSERT_EQ(handler.received().size(), 1U);
  EXPECT_EQ(handler.received()[0].payload, "1");
}

TEST_F(ListenerStory, a_client_above_its_rate_waits_and_loses_nothing) {
  ListenerOptions options;
  options.limits.messages_burst_max = 10;
  options.limits.messages_per_second_max = 10;
  start(options);
  MosquittoClient client({.port = listener->port(), .client_id = {}, .will_topic = {}, .will_payload = {}});
  ASSERT_EQ(client.connected(), 0);
  for (int i = 0; i < 20; ++i) client.publish("things/pole-1/obs", std::to_string(i), 1);
  ASSERT_TRUE(eventually([&] { return client.published_count() == 10; }));
  EXPECT_EQ(handler.received().size(), 10U);

  clock.advance(Millis{1'000});

  EXPECT_TRUE(eventually([&] { return client.published_count() == 20; }));
  EXPECT_EQ(handler.received().size(), 20U);
}

class TlsStory : public ListenerStory {
 protected:
  TlsStory() {
    run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=Test CA", "-keyout", at("ca.key"), "-out", at("ca.pem")});
    certificate("server", "localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1");
    certificate("pole", "pole-7", "subjectAltName=DNS:pole-7");
    run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=pole-7", "-keyout", at("stranger.key"), "-out", at("stranger.pem")});
    ListenerOptions options;
    options.certificate_file = at("server.pem");
    options.private_key_file = at("server.key");
    options.client_ca_file = at("ca.pem");
    start(options);
  }
  std::string at(std::string const& name) const { return (folder.path() / name).string(); }
  static void run(std::vector<std::string> const& words) {
    auto const outcome = run_command(words);
    ASSERT_EQ(outcome.status, 0) << outcome.err;
  }
  void certificate(std::string const& name, std::string const& subject, std::string const& extension) {
    run({"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + subject,
         "-keyout", at(name + ".key"), "-out", at(name + ".csr")});
    run({"sh", "-c", "echo '" + extension + "' > " + at(name + ".ext")});
    run({"openssl", "x509", "-req", "-in", at(name + ".csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"),
         "-CAcreateserial", "-days", "2", "-extfile", at(name + ".ext"), "-out", at(name + ".pem")});
  }
  CommandOutcome secure_pub(std::vector<std::string> const& more) const {
    std::vector<std::string> all{"mosquitto_pub", "-h", "localhost", "-p", std::to_string(listener->port()), "-V",
                                 "mqttv311", "--cafile", at("ca.pem"), "-q", "1", "-t", "things/pole-7/obs", "-m", "1"};
    all.insert(all.end(), more.begin(), more.end());
    return run_command(all);
  }

  test::TemporaryDirectory folder;
};

TEST_F(TlsStory, a_client_certificate_is_a_key) {
  auto const outcome = secure_pub({"--cert", at("pole.pem"), "--key", at("pole.key")});

  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(handler.received().size(), 1U);
}

TEST_F(TlsStory, a_password_works_over_tls_without_a_certificate) {
  auto const outcome = secure_pub({"-u", "pole-7", "-P", "secret"});

  EXPECT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_EQ(handler.received().size(), 1U);
}

TEST_F(TlsStory, a_certificate_of_another_authority_is_refused) {
  auto const outcome = secure_pub({"--cert", at("stranger.pem"), "--key", at("stranger.key")});

  EXPECT_NE(outcome.status, 0);
  EXPECT_EQ(handler.received().size(), 0U);
}

TEST_F(TlsStory, neither_certificate_nor_password_is_refused) {
  EXPECT_EQ(secure_pub({}).status, 4);
}

TEST_F(TlsStory, our_own_client_brings_its_certificate) {
  ClientOptions options;
  options.host = "localhost";
  options.port = listener->port();
  options.client_id = "pole-7";
  options.tls = true;
  options.ca_file = at("ca.pem");
  options.certificate_file = at("pole.pem");
  options.private_key_file = at("pole.key");
  auto const client = Client::start(options, [](Message const&, Accepted accepted) { accepted({}); });
  ASSERT_TRUE(client) << client.error().sentence;
  std::promise<Result<void>> result;

  (*client)->publish(Message{"things/pole-7/obs", "1", 1, false}, [&](Result<void> r) { result.set_value(std::move(r)); });

  EXPECT_TRUE(result.get_future().get());
}

}  // namespace
}  // namespace madang::web::mqtt
