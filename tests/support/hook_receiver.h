// A webhook's receiver: keeps what it is sent, and answers as the test wants.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "support/http_client.h"
#include "support/tcp_receiver.h"

namespace madang::test {

struct ReceivedHook {
  std::string path;
  HttpFields headers;  ///< names in lower case
  std::string body;
  std::chrono::steady_clock::time_point at;
  [[nodiscard]] std::string header(std::string_view lower_case_name) const;
};

struct HookAnswer {
  int status = 200;
  std::string fields = {};                    ///< whole lines, each with "\r\n"
  std::chrono::milliseconds after{0};         ///< waits before it answers
  enum class Manner { kAnswers, kHangs, kBreaksOff, kCutsBody, kFloods } manner = Manner::kAnswers;
};

class HookReceiver {
 public:
  using Answer = std::function<HookAnswer(ReceivedHook const&)>;
  explicit HookReceiver(Answer answer = [](ReceivedHook const&) { return HookAnswer{}; });
  ~HookReceiver() { server_.stop(); }

  [[nodiscard]] std::string url(std::string const& path = "/hook") const;
  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  /// Whole requests so far, in the order of arrival, whatever was answered.
  [[nodiscard]] std::vector<ReceivedHook> received() const;
  /// Waits until there are so many; false when they do not come.
  bool wait_for(std::size_t count, std::chrono::milliseconds patience = std::chrono::seconds{30}) const;
  [[nodiscard]] std::size_t connections() const { return server_.connections(); }

 private:
  void serve(Wire& wire);

  Answer const answer_;
  mutable std::mutex mutex_;
  mutable std::condition_variable more_;
  std::vector<ReceivedHook> received_;
  TcpReceiver server_;
};

}  // namespace madang::test
