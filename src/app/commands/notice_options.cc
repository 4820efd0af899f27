#include "app/commands/notice_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "core/text.h"

namespace madang::app {
namespace {

namespace notices = situations::notices;

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

Result<notices::Notices::Options> notice_options(ServeSettings const& settings) {
  notices::Notices::Options options;
  options.mail = {.url = settings.mail_smtp_url,
                  .user = settings.mail_user,
                  .password = {},
                  .ca_file = settings.mail_ca_file,
                  .require_tls = settings.mail_require_tls};
  if (!settings.mail_password_file.empty()) {
    MADANG_TRY(options.mail.password, first_line(settings.mail_password_file));
  }
  options.mail_from = settings.mail_from;
  options.webhooks = {.allow_private_addresses = settings.webhooks_allow_private_addresses, .ca_file = settings.webhooks_ca_file};
  return options;
}

notices::Subscribers::Options subscriber_options(ServeSettings const& settings) {
  return {.mail = !settings.mail_smtp_url.empty(), .allow_private_addresses = settings.webhooks_allow_private_addresses};
}

}  // namespace madang::app
