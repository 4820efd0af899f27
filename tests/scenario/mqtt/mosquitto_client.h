// A small libmosquitto program inside the test: it sees the reason codes that the command-line tools hide.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

struct mosquitto;

namespace madang::web::mqtt {

class MosquittoClient {
 public:
  struct Options {
    std::uint16_t port = 0;
    bool version5 = true;
    std::string client_id;
    std::string username = "pole-1";
    std::string password = "secret";
    int keep_alive_seconds = 60;
    std::string will_topic;
    std::string will_payload;
  };

  explicit MosquittoClient(Options const& options);
  ~MosquittoClient();
  MosquittoClient(MosquittoClient const&) = delete;
  MosquittoClient& operator=(MosquittoClient const&) = delete;

  void publish(std::string const& topic, std::string const& payload, int qos, bool retain = false);
  void subscribe(std::string const& filter, int qos);

  /// Reason code of CONNACK, of the next PUBACK, of the next SUBACK's first filter, of the disconnection. -1: never came.
  int connected();
  int published();
  int subscribed();
  int disconnected();
  std::string message();
  [[nodiscard]] std::size_t published_count();

 private:
  struct Events {
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<int> connects, publishes, subscribes, disconnects;
    std::vector<std::string> messages;
    std::size_t publishes_seen = 0, subscribes_seen = 0, messages_seen = 0;
  };
  void listen();
  int first(std::vector<int> Events::*list);
  int next(std::vector<int> Events::*list, std::size_t Events::*seen);

  Events events_;
  ::mosquitto* client_ = nullptr;
};

}  // namespace madang::web::mqtt
