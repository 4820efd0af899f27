#include "situations/notices/transfers.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "situations/notices/limits.h"
#include "situations/notices/rules.h"
#include "situations/notices/targets.h"

namespace madang::situations::notices {
namespace {

void start_curl() {
  static CURLcode const kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  MADANG_ASSERT(kStarted == CURLE_OK);
}

/// "%s" of libcurl, without a dot at the end.
std::string words_of(CURLcode code, char const* details) {
  return details[0] != '\0' ? std::string{details} : std::string{curl_easy_strerror(code)};
}

}  // namespace

struct Transport::Multi {
  CURLM* handle = curl_multi_init();
  Multi() = default;
  ~Multi() { curl_multi_cleanup(handle); }
  Multi(Multi const&) = delete;
  Multi& operator=(Multi const&) = delete;
};

/// Lives as long as libcurl holds pointers into it.
struct Transport::Running {
  Transfer transfer;
  CURL* easy = curl_easy_init();
  curl_slist* headers = nullptr;
  curl_slist* recipients = nullptr;
  std::array<char, CURL_ERROR_SIZE> details{};
  std::string closed_address;   ///< the address that was refused because it is not public
  std::size_t sent = 0;         ///< bytes of a mail that libcurl has taken
  std::size_t answered = 0;     ///< bytes of a webhook's answer

  explicit Running(Transfer t) : transfer(std::move(t)) {}
  ~Running() {
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    curl_slist_free_all(recipients);
  }
  Running(Running const&) = delete;
  Running& operator=(Running const&) = delete;

  template <typename Value>
  void set(CURLoption option, Value value) {
    MADANG_ASSERT(curl_easy_setopt(easy, option, value) == CURLE_OK);
  }

  /// What is the same for both channels.
  void set_up(Waits const& waits, Millis total) {
    set(CURLOPT_ERRORBUFFER, details.data());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(waits.connect.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(total.count()));
    // A name server that does not answer must not hold up the others when the time is over.
    set(CURLOPT_QUICK_EXIT, 1L);
    // No proxy of the environment: it would be what the check of addresses sees.
    set(CURLOPT_PROXY, "");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_WRITEFUNCTION, &Running::swallow);
    set(CURLOPT_WRITEDATA, this);
  }

  static std::size_t swallow(char*, std::size_t size, std::size_t count, void* self) {
    auto& r = *static_cast<Running*>(self);
    r.answered += size * count;
    return r.answered > kAnswerBytesMax ? 0 : size * count;
  }

  static std::size_t feed(char* to, std::size_t size, std::size_t count, void* self) {
    auto& r = *static_cast<Running*>(self);
    auto const bytes = std::min(size * count, r.transfer.body.size() - r.sent);
    r.transfer.body.copy(to, bytes, r.sent);
    r.sent += bytes;
    return bytes;
  }

  /// The address that the name really led to, at the moment of connecting: a name may change what it says.
  static curl_socket_t open_public_only(void* self, curlsocktype, curl_sockaddr* address) {
    if (!is_public_address(address->addr)) {
      std::array<char, INET6_ADDRSTRLEN> text{};
      auto const* const bytes = reinterpret_cast<char const*>(&address->addr) +
                                (address->family == AF_INET ? offsetof(sockaddr_in, sin_addr) : offsetof(sockaddr_in6, sin6_addr));
      inet_ntop(address->family, bytes, text.data(), text.size());
      static_cast<Running*>(self)->closed_address = text.data();
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  [[nodiscard]] int answer() const {
    long code = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
    return static_cast<int>(code);
  }

  Outcome outcome(CURLcode code) {
    return transfer.channel == Channel::kWebhook ? webhook_outcome(code) : mail_outcome(code);
  }

  Outcome webhook_outcome(CURLcode code) {
    Outcome outcome{transfer.notice, Verdict::kAgain, {}, {}};
    // A whole answer line decides, whatever becomes of the rest: who said yes is not told again.
    if (int const status = answer(); status >= 200) {
      outcome.verdict = verdict_of_http(status);
      outcome.reason = fmt::format("the receiver answered {}", status);
      curl_off_t wait = 0;
      curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &wait);
      constexpr auto kLongest = std::chrono::duration_cast<std::chrono::seconds>(kRetryAfterMax).count();
      if (wait > 0) outcome.retry_after = std::chrono::seconds{std::min<std::int64_t>(wait, kLongest)};
    } else if (!closed_address.empty()) {
      outcome.reason = fmt::format("{} is not a public address, and webhooks.allow_private_addresses is off", closed_address);
    } else {
      outcome.reason = words_of(code, details.data());
    }
    return outcome;
  }

  Outcome mail_outcome(CURLcode code) {
    if (code == CURLE_OK) return {transfer.notice, Verdict::kDelivered, {}, {}};
    Outcome outcome{transfer.notice, Verdict::kAgain, words_of(code, details.data()), {}};
    // Only an answer to this recipient or this text is about this notice; greeting, login and sender are the city's affair.
    bool const about_sender = outcome.reason.starts_with("MAIL failed");
    if ((code == CURLE_SEND_ERROR && !about_sender) || sent > 0) outcome.verdict = verdict_of_smtp(answer());
    if (int const last = answer(); last >= 400) outcome.reason += fmt::format(" (the mail server answered {})", last);
    return outcome;
  }
};

namespace {

curl_socket_t open_counted(void* sockets, curlsocktype, curl_sockaddr* address) {
  int const socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (socket >= 0) static_cast<std::set<int>*>(sockets)->insert(socket);
  return socket;
}

int close_counted(void* sockets, curl_socket_t socket) {
  static_cast<std::set<int>*>(sockets)->erase(socket);
  return ::close(socket);
}

}  // namespace

Transport::Transport(MailServer mail, WebhookRules rules, Waits waits)
    : mail_(std::move(mail)), rules_(std::move(rules)), waits_(waits) {
  start_curl();
  multi_ = std::make_unique<Multi>();
  // Mails of one burst share connections; webhooks never keep theirs.
  curl_multi_setopt(multi_->handle, CURLMOPT_MAXCONNECTS, static_cast<long>(kMailsInFlightMax));
}

Transport::~Transport() {
  for (auto& [handle, r] : running_) curl_multi_remove_handle(multi_->handle, handle);
  running_.clear();
  // libcurl says QUIT to each mail server and waits for its answer, up to two minutes: not at the end of the server.
  for (int const socket : mail_sockets_) ::shutdown(socket, SHUT_RDWR);
  multi_.reset();
}

void Transport::start(Transfer transfer) {
  auto running = std::make_unique<Running>(std::move(transfer));
  if (running->transfer.channel == Channel::kWebhook)
    set_up_webhook(*running);
  else
    set_up_mail(*running);
  curl_multi_add_handle(multi_->handle, running->easy);
  auto* const handle = running->easy;
  running_.emplace(handle, std::move(running));
}

void Transport::set_up_webhook(Running& r) {
  r.set_up(waits_, waits_.webhook);
  for (auto const& line : r.transfer.headers) r.headers = curl_slist_append(r.headers, line.c_str());
  r.headers = curl_slist_append(r.headers, "Expect:");
  r.set(CURLOPT_URL, r.transfer.url.c_str());
  r.set(CURLOPT_PROTOCOLS_STR, "http,https");
  r.set(CURLOPT_HTTPHEADER, r.headers);
  r.set(CURLOPT_USERAGENT, "Madang/" MADANG_VERSION);
  r.set(CURLOPT_POST, 1L);
  r.set(CURLOPT_POSTFIELDS, r.transfer.body.data());
  r.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(r.transfer.body.size()));
  r.set(CURLOPT_FRESH_CONNECT, 1L);
  r.set(CURLOPT_FORBID_REUSE, 1L);
  if (!rules_.ca_file.empty()) r.set(CURLOPT_CAINFO, rules_.ca_file.c_str());
  if (rules_.allow_private_addresses) return;
  r.set(CURLOPT_OPENSOCKETFUNCTION, &Running::open_public_only);
  r.set(CURLOPT_OPENSOCKETDATA, &r);
}

void Transport::set_up_mail(Running& r) {
  r.set_up(waits_, waits_.mail);
  r.recipients = curl_slist_append(r.recipients, fmt::format("<{}>", r.transfer.mail_to).c_str());
  r.set(CURLOPT_URL, mail_.url.c_str());
  r.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  r.set(CURLOPT_USE_SSL, static_cast<long>(mail_.require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  if (!mail_.user.empty()) {
    r.set(CURLOPT_USERNAME, mail_.user.c_str());
    r.set(CURLOPT_PASSWORD, mail_.password.c_str());
  }
  if (!mail_.ca_file.empty()) r.set(CURLOPT_CAINFO, mail_.ca_file.c_str());
  r.set(CURLOPT_MAXAGE_CONN, 20L);
  r.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, 30L);
  r.set(CURLOPT_OPENSOCKETFUNCTION, &open_counted);
  r.set(CURLOPT_OPENSOCKETDATA, &mail_sockets_);
  r.set(CURLOPT_CLOSESOCKETFUNCTION, &close_counted);
  r.set(CURLOPT_CLOSESOCKETDATA, &mail_sockets_);
  r.set(CURLOPT_MAIL_FROM, fmt::format("<{}>", r.transfer.mail_from).c_str());
  r.set(CURLOPT_MAIL_RCPT, r.recipients);
  r.set(CURLOPT_UPLOAD, 1L);
  r.set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(r.transfer.body.size()));
  r.set(CURLOPT_READFUNCTION, &Running::feed);
  r.set(CURLOPT_READDATA, &r);
}

std::vector<Outcome> Transport::wait(Millis at_most) {
  int running = 0;
  curl_multi_perform(multi_->handle, &running);
  auto outcomes = ended();
  if (!outcomes.empty()) return outcomes;
  curl_multi_poll(multi_->handle, nullptr, 0, static_cast<int>(at_most.count()), nullptr);
  curl_multi_perform(multi_->handle, &running);
  return ended();
}

void Transport::wake() { curl_multi_wakeup(multi_->handle); }

std::vector<Outcome> Transport::ended() {
  std::vector<Outcome> outcomes;
  int left = 0;
  while (auto const* const message = curl_multi_info_read(multi_->handle, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    auto const found = running_.find(message->easy_handle);
    MADANG_ASSERT(found != running_.end());
    auto const code = message->data.result;
    outcomes.push_back(found->second->outcome(code));
    curl_multi_remove_handle(multi_->handle, found->first);
    running_.erase(found);
  }
  return outcomes;
}

}  // namespace madang::situations::notices
