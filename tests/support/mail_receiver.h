// An SMTP server: keeps the mails it takes, and fails where the test wants.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "support/certificate.h"
#include "support/tcp_receiver.h"

namespace madang::test {

struct ReceivedMail {
  std::string from, to;
  std::string data;   ///< with its header, dots undone
  bool tls = false;
  std::string login;  ///< of AUTH PLAIN, "user/password"; empty: none
  std::chrono::steady_clock::time_point at;
  /// The value of a header field with folding undone; empty when it is not there.
  [[nodiscard]] std::string field(std::string const& name) const;
  /// The decoded base64 body.
  [[nodiscard]] std::string text() const;
};

/// Where in the dialogue: "greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot" (the whole mail has come).
struct MailStep {
  std::string where;
  std::string to;    ///< the recipient, once known
  std::size_t tries; ///< how often this server was at this step for this recipient, 1 for the first time
};
struct MailManner {
  int refusal = 0;                     ///< 4xx or 5xx instead of yes
  bool hangs = false;                  ///< says nothing more
  bool breaks_off = false;             ///< resets the connection
  std::chrono::milliseconds after{0};  ///< answers late
};

class MailReceiver {
 public:
  struct Options {
    std::function<MailManner(MailStep const&)> manner = {};
    std::optional<Certificate> certificate = {};  ///< offers STARTTLS
    bool tls_at_once = false;                     ///< smtps
    std::string login = {};                       ///< "user/password" wanted
  };
  explicit MailReceiver(Options options);
  MailReceiver() : MailReceiver(Options{}) {}
  ~MailReceiver() { server_.stop(); }

  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::vector<ReceivedMail> received() const;
  bool wait_for(std::size_t count, std::chrono::milliseconds patience = std::chrono::seconds{30}) const;
  [[nodiscard]] std::size_t connections() const { return server_.connections(); }

 private:
  struct Dialogue;
  void serve(Wire& wire);
  enum class Said { kNothing, kNo, kYes };
  Said step(Wire& wire, Dialogue& dialogue, std::string const& where, std::string const& yes);
  void keep(ReceivedMail mail);

  Options const options_;
  mutable std::mutex mutex_;
  mutable std::condition_variable more_;
  std::vector<ReceivedMail> received_;
  std::map<std::pair<std::string, std::string>, std::size_t> tries_;
  TcpReceiver server_;
};

}  // namespace madang::test
