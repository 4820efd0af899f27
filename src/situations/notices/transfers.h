// Mails and webhooks on their way, all in one thread through libcurl's multi interface: none waits for another.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/error.h"
#include "situations/notices/model.h"

namespace madang::situations::notices {

/// How to reach the city's SMTP server; nothing calls out while `url` is empty.
struct MailServer {
  std::string url;        ///< "smtp://HOST:587" or "smtps://HOST:465"
  std::string user;       ///< empty: no login
  std::string password;
  std::string ca_file;    ///< PEM of the authority that signed its certificate; empty: those of the system
  bool require_tls = true;  ///< STARTTLS with smtp://; false: only where it is offered
};
struct WebhookRules {
  bool allow_private_addresses = false;
  std::string ca_file;
};
struct Waits {
  Millis connect;
  Millis webhook;
  Millis mail;
};

/// One attempt. `headers` are whole lines, of webhooks only.
struct Transfer {
  Notice notice;
  Channel channel = Channel::kWebhook;
  std::string url;                   ///< of the webhook
  std::vector<std::string> headers;
  std::string mail_from, mail_to;    ///< checked addresses
  std::string body;
};

/// One thread uses it; wake() may come from any.
class Transport {
 public:
  Transport(MailServer mail, WebhookRules rules, Waits waits);
  ~Transport();
  Transport(Transport const&) = delete;
  Transport& operator=(Transport const&) = delete;

  void start(Transfer transfer);
  /// Moves everything on until something ended, wake() was called or the time is over; what ended.
  std::vector<Outcome> wait(Millis at_most);
  void wake();
  [[nodiscard]] std::size_t running() const { return running_.size(); }

 private:
  struct Running;
  void set_up_webhook(Running& r);
  void set_up_mail(Running& r);
  std::vector<Outcome> ended();

  struct Multi;
  MailServer const mail_;
  WebhookRules const rules_;
  Waits const waits_;
  std::set<int> mail_sockets_;          ///< open ones; outlives what libcurl closes
  std::unique_ptr<Multi> multi_;
  std::map<void*, std::unique_ptr<Running>> running_;  ///< by libcurl's handle
};

}  // namespace madang::situations::notices
