// The doors of the server and its log, as the configuration file sets them.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/log.h"
#include "runtime/settings.h"

namespace madang::app {

struct DoorSettings {
  std::string http_listen = "127.0.0.1:8080";
  std::int64_t http_threads = 2;
  double public_requests_per_second = 200;
  std::string trusted_proxies;
  std::string certificate_file;
  std::string private_key_file;

  std::string mqtt_listen = "127.0.0.1:1883";
  std::string mqtt_client_ca_file;
  std::int64_t mqtt_threads = 1;
  std::string log_level = "info";

  void declare(runtime::Settings& settings);
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

}  // namespace madang::app
