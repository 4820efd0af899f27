// What `madang serve` can be told in its configuration file, in one place; `madang config --explain` prints it.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/log.h"
#include "runtime/settings.h"
#include "sensing/indices/city_indices.h"

namespace madang::app {

struct ServeSettings {
  std::string city_name_en = "Madang city";
  std::string city_name_ko = "마당시";
  std::string city_zone = "Asia/Seoul";

  std::string http_listen = "127.0.0.1:8080";
  std::int64_t http_threads = 2;
  double public_requests_per_second = 200;
  std::string trusted_proxies;
  std::string certificate_file;
  std::string private_key_file;

  std::string mqtt_listen = "127.0.0.1:1883";
  std::string mqtt_client_ca_file;
  std::int64_t mqtt_threads = 1;

  std::string broker_mapping_file;

  std::string air_index = "cai";
  std::string noise_zone = "general_b";
  double crowd_caution = 3;
  double crowd_alert = 4;
  double crowd_severe = 5;

  std::string records_address;

  std::int64_t observations_waiting_max = 400'000;
  double warning_alarms_per_day = 5;
  std::int64_t warning_history_days = 7;

  std::int64_t keep_firing_s = 300;
  std::int64_t escalate_after_s = 600;
  std::int64_t escalations_max = 3;
  std::string public_base_address;
  std::string public_licence;
  std::string cap_sender = "madang@localhost";

  std::string mail_smtp_url;
  std::string mail_from;
  std::string mail_user;
  std::string mail_password_file;
  std::string mail_ca_file;
  bool mail_require_tls = true;
  bool webhooks_allow_private_addresses = false;
  std::string webhooks_ca_file;
  std::string log_level = "info";

  /// The fields above with sentence, unit and bounds.
  runtime::Settings declare();
};

/// "debug", "info", "warning", "error".
Result<runtime::LogLevel> log_level_of(std::string_view text);

/// Where a host and port text such as "127.0.0.1:8080" or "[::1]:0" points.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
Result<HostPort> parse_host_port(std::string_view text);
/// 127.0.0.0/8, ::1 and localhost.
bool is_loopback(std::string_view host);

/// kInvalid names the setting and what it may be.
Result<sensing::indices::IndexSettings> index_settings_of(ServeSettings const& settings);
/// `settings.records_address`, or the SQLite file inside the data directory.
std::string records_address_of(ServeSettings const& settings, std::filesystem::path const& data_directory);
/// Reads `config_file`, or DATA/madang.toml when that exists and none is named.
Result<ServeSettings> read_settings(std::string const& config_file, std::filesystem::path const& data_directory);

}  // namespace madang::app
