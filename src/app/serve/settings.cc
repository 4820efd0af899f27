#include "app/serve/settings.h"

#include <fmt/format.h>

#include "core/text.h"
#include "web/http/public_address.h"

namespace madang::app {
namespace {

Result<void> check_host_port(std::string const& text) {
  MADANG_CHECK(parse_host_port(text));
  return {};
}

Result<void> check_trusted_proxies(std::string const& text) {
  MADANG_CHECK(web::PublicAddress::of("", text));
  return {};
}

Result<void> check_log_level(std::string const& text) {
  MADANG_CHECK(log_level_of(text));
  return {};
}

}  // namespace

Result<runtime::LogLevel> log_level_of(std::string_view text) {
  if (text == "debug") return runtime::LogLevel::kDebug;
  if (text == "info") return runtime::LogLevel::kInfo;
  if (text == "warning") return runtime::LogLevel::kWarning;
  if (text == "error") return runtime::LogLevel::kError;
  return fail(Code::kInvalid, fmt::format("'{}' is none of debug, info, warning, error", text));
}

void DoorSettings::declare(runtime::Settings& s) {
  s.declare(http_listen, {"http.listen", "Address and port of pages and API; port 0 takes a free one.", "HOST:PORT", 0, 0, check_host_port});
  s.declare(http_threads, {"http.threads", "Network threads of pages and API.", "threads", 1, 64});
  s.declare(public_requests_per_second,
            {"http.public_requests_per_second", "Budget of one outside address; loopback has none.", "1/s", 1, 100'000});
  s.declare(trusted_proxies,
            {"http.trusted_proxies",
             "Proxies whose X-Forwarded-For, -Proto, -Host, -Port and -Prefix are believed, with commas between; empty: nobody's.",
             "addresses or networks, 127.0.0.1, 10.0.0.0/8", 0, 0, check_trusted_proxies});
  s.declare(certificate_file, {"tls.certificate_file", "PEM chain; with the key it turns TLS on for HTTP and MQTT.", "path", 0, 0});
  s.declare(private_key_file, {"tls.private_key_file", "PEM private key that belongs to the certificate.", "path", 0, 0});
  s.declare(mqtt_listen, {"mqtt.listen", "Address and port for devices; port 0 takes a free one.", "HOST:PORT", 0, 0, check_host_port});
  s.declare(mqtt_client_ca_file,
            {"mqtt.client_ca_file", "Devices may show a certificate signed by this authority instead of a key.", "path", 0, 0});
  s.declare(mqtt_threads, {"mqtt.threads", "Network threads for devices.", "threads", 1, 64});
  s.declare(log_level, {"log.level", "debug, info, warning or error.", "", 0, 0, check_log_level});
}

Result<HostPort> parse_host_port(std::string_view text) {
  auto const colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return fail(Code::kInvalid, fmt::format("address \"{}\": HOST:PORT expected", text));
  auto const port = parse_int(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 65'535)
    return fail(Code::kInvalid, fmt::format("address \"{}\": a port 0 to 65535 expected after the colon", text));
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return fail(Code::kInvalid, fmt::format("address \"{}\": a host expected before the colon", text));
  return HostPort{std::string{host}, static_cast<std::uint16_t>(*port)};
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

}  // namespace madang::app
