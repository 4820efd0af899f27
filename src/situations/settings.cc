#include "situations/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>

namespace madang::situations {
namespace {

Result<std::string> first_line(std::string const& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(notices::kPasswordFileMax + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (!in.is_open()) return fail(Code::kNotFound, fmt::format("mail.password_file: {} cannot be read", path));
  if (text.size() > notices::kPasswordFileMax)
    return fail(Code::kInvalid, fmt::format("mail.password_file: {} is longer than {} bytes", path, notices::kPasswordFileMax));
  text.resize(std::min(text.find_first_of("\r\n"), text.size()));
  if (text.empty()) return fail(Code::kInvalid, fmt::format("mail.password_file: the first line of {} is empty", path));
  return text;
}

}  // namespace

void Settings::declare(runtime::Settings& s) {
  s.declare(keep_firing_s, {"situations.keep_firing_s",
                            "A cause reported as gone must stay gone so long before its situation resolves.", "s", 0, 86'400});
  s.declare(escalate_after_s, {"situations.escalate_after_s",
                               "A situation that nobody acknowledges is escalated after so long, and then each time again.", "s", 10,
                               604'800});
  s.declare(escalations_max, {"situations.escalations_max", "How often it is escalated at most.", "times", 0, 100});
  s.declare(keep_past_days, {"situations.keep_past_days",
                             "So long after its end all that was shown and published of a situation is kept; then of it the first, the "
                             "last and each change of severity or state, with its whole timeline. 0: for ever.", "days", 0, 36'500});
  s.declare(cap_sender, {"cap.sender", "Who sends CAP messages, unique in the world: madang@city.example.", "", 0, 0});
  s.declare(mail_smtp_url, {"mail.smtp_url", "The server that takes the city's e-mail; empty: no e-mail is sent.",
                            "smtp://HOST:PORT or smtps://HOST:PORT", 0, 0});
  s.declare(mail_from, {"mail.from", "Who sends the notices: alerts@city.example.", "e-mail address", 0, 0});
  s.declare(mail_user, {"mail.user", "Login at the mail server; empty: none.", "", 0, 0});
  s.declare(mail_password_file, {"mail.password_file", "File whose first line is the password of that login.", "path", 0, 0});
  s.declare(mail_ca_file, {"mail.ca_file", "PEM of the authority behind the mail server's certificate; empty: the system's.", "path", 0, 0});
  s.declare(mail_require_tls, {"mail.require_tls", "Refuse an smtp:// server that offers no STARTTLS; off only for one on this machine.", "", 0, 0});
  s.declare(webhooks_allow_private_addresses,
            {"webhooks.allow_private_addresses", "Webhooks may point into private networks and to this machine.", "", 0, 0});
  s.declare(webhooks_ca_file, {"webhooks.ca_file", "PEM of the authority behind webhooks' certificates; empty: the system's.", "path", 0, 0});
}

Situations::Options Settings::life() const {
  return {.keep_firing = std::chrono::seconds{keep_firing_s},
          .escalate_after = std::chrono::seconds{escalate_after_s},
          .escalations_max = static_cast<int>(escalations_max)};
}

Result<notices::Notices::Options> Settings::delivery() const {
  notices::Notices::Options options;
  options.mail = {.url = mail_smtp_url, .user = mail_user, .password = {}, .ca_file = mail_ca_file, .require_tls = mail_require_tls};
  if (!mail_password_file.empty()) {
    MADANG_TRY(options.mail.password, first_line(mail_password_file));
  }
  options.mail_from = mail_from;
  options.webhooks = {.allow_private_addresses = webhooks_allow_private_addresses, .ca_file = webhooks_ca_file};
  return options;
}

notices::Subscribers::Options Settings::subscribing() const {
  return {.mail = !mail_smtp_url.empty(), .allow_private_addresses = webhooks_allow_private_addresses};
}

}  // namespace madang::situations
