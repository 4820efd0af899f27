// What the configuration file says of situations, their messages and their notices.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "runtime/settings.h"
#include "situations/notices/notices.h"
#include "situations/situations.h"

namespace madang::situations {

struct Settings {
  std::int64_t keep_firing_s = 300;
  std::int64_t escalate_after_s = 600;
  std::int64_t escalations_max = 3;
  std::int64_t keep_past_days = 1826;  // five years

  std::string cap_sender = "madang@localhost";

  std::string mail_smtp_url;
  std::string mail_from;
  std::string mail_user;
  std::string mail_password_file;
  std::string mail_ca_file;
  bool mail_require_tls = true;
  bool webhooks_allow_private_addresses = false;
  std::string webhooks_ca_file;

  void declare(runtime::Settings& settings);

  [[nodiscard]] Situations::Options life() const;
  [[nodiscard]] Millis past_kept() const { return std::chrono::days{keep_past_days}; }
  /// Reads the password's file: kNotFound, kInvalid.
  [[nodiscard]] Result<notices::Notices::Options> delivery() const;
  [[nodiscard]] notices::Subscribers::Options subscribing() const;
};

}  // namespace madang::situations
