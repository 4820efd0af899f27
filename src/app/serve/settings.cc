#include "app/serve/settings.h"

#include <fmt/format.h>

#include "core/text.h"
#include "runtime/messages.h"
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

Result<void> check_base_address(std::string const& text) {
  if (text.ends_with('/')) return fail(Code::kInvalid, fmt::format("\"{}\" ends with a slash", text));
  MADANG_CHECK(web::PublicAddress::of(text, ""));
  return {};
}

Result<void> check_log_level(std::string const& text) {
  MADANG_CHECK(log_level_of(text));
  return {};
}

Result<void> check_records_address(std::string const& text) {
  if (text.empty() || text.starts_with("sqlite:") || text.starts_with("postgresql:")) return {};
  return fail(Code::kInvalid, fmt::format("'{}' begins with neither sqlite: nor postgresql:", text));
}

}  // namespace

Result<runtime::LogLevel> log_level_of(std::string_view text) {
  if (text == "debug") return runtime::LogLevel::kDebug;
  if (text == "info") return runtime::LogLevel::kInfo;
  if (text == "warning") return runtime::LogLevel::kWarning;
  if (text == "error") return runtime::LogLevel::kError;
  return fail(Code::kInvalid, fmt::format("'{}' is none of debug, info, warning, error", text));
}

runtime::Settings ServeSettings::declare() {
  runtime::Settings s;
  s.declare(city_name_en, {"city.name_en", "What the city is called on English pages.", "", 0, 0});
  s.declare(city_name_ko, {"city.name_ko", "What the city is called on Korean pages.", "", 0, 0});
  s.declare(city_zone, {"city.zone", "The IANA time zone in which days begin and clocks are shown.", "", 0, 0, runtime::check_time_zone});
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
  s.declare(broker_mapping_file,
            {"broker.mapping_file", "Mapping of a city's own MQTT broker to read from; empty: none.", "path", 0, 0});
  s.declare(air_index, {"indices.air", "The air index that pages show: cai (Korea), aqi (United States), eaqi (Europe), who or none.", "", 0, 0});
  s.declare(noise_zone,
            {"indices.noise_zone", "Noise zone of stations that state none: general_a to general_d, roadside_ab, roadside_c or roadside_d.",
             "", 0, 0});
  s.declare(crowd_caution, {"indices.crowd_caution", "Crowd density from which a place is watched.", "people/m²", 0.1, 20});
  s.declare(crowd_alert, {"indices.crowd_alert", "Crowd density from which people should not go there.", "people/m²", 0.1, 20});
  s.declare(crowd_severe, {"indices.crowd_severe", "Crowd density that is dangerous.", "people/m²", 0.1, 20});
  s.declare(records_address,
            {"records.address", "sqlite:PATH or postgresql:CONNINFO; empty: records.db in the data directory.", "", 0, 0,
                              check_records_address});
  s.declare(observations_waiting_max,
            {"ingest.observations_waiting_max", "Observations that may wait for the disk; more are refused with 429.",
             "observations", 1000, 100'000'000});
  s.declare(warning_alarms_per_day,
            {"warning.alarms_per_day", "False alarms a day over the whole city that are accepted; thresholds follow from it. Official levels, the least "
             "excess of a rule and unconfirmed notices do not.",
             "1/day", 0.1, 1000});
  s.declare(warning_history_days,
            {"warning.history_days", "How far back the early warning reads when the server starts, to know what is usual.",
             "days", 0, 60});
  s.declare(keep_firing_s, {"situations.keep_firing_s",
                            "A cause reported as gone must stay gone so long before its situation resolves.", "s", 0, 86'400});
  s.declare(escalate_after_s, {"situations.escalate_after_s",
                               "A situation that nobody acknowledges is escalated after so long, and then each time again.", "s", 10,
                               604'800});
  s.declare(escalations_max, {"situations.escalations_max", "How often it is escalated at most.", "times", 0, 100});
  s.declare(public_licence, {"public.licence",
                             "Under which licence the city gives its data, as exports name it: CC BY 4.0, or an address. "
                             "Empty: exports say that none is stated.",
                             "", 0, 0});
  s.declare(public_base_address, {"public.base_address",
                                  "Where citizens reach this server, without a slash at the end: https://city.example, or with a "
                                  "path behind a proxy. All links follow it; with https logins are kept over https only. "
                                  "Empty: links follow the client's own words, those of feeds are relative, CAP messages carry none.",
                                  "URL", 0, 0, check_base_address});
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
  s.declare(log_level, {"log.level", "debug, info, warning or error.", "", 0, 0, check_log_level});
  return s;
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

Result<sensing::indices::IndexSettings> index_settings_of(ServeSettings const& settings) {
  using namespace sensing::indices;
  IndexSettings out;
  auto const air = air_scale_named(settings.air_index);
  if (!air)
    return fail(Code::kInvalid, fmt::format("indices.air: \"{}\" is none of cai, aqi, eaqi, who, none", settings.air_index));
  out.air = *air;
  auto const zone = noise_zone_named(settings.noise_zone);
  if (!zone) {
    return fail(Code::kInvalid, fmt::format("indices.noise_zone: \"{}\" is none of general_a, general_b, general_c, general_d, "
                                            "roadside_ab, roadside_c, roadside_d", settings.noise_zone));
  }
  out.noise_zone = *zone;
  bool const rising = settings.crowd_caution < settings.crowd_alert && settings.crowd_alert < settings.crowd_severe;
  if (!rising) return fail(Code::kInvalid, "indices.crowd_caution, crowd_alert and crowd_severe must rise in this order");
  out.crowd = {CrowdDensity{settings.crowd_caution}, CrowdDensity{settings.crowd_alert}, CrowdDensity{settings.crowd_severe}};
  return out;
}

std::string records_address_of(ServeSettings const& settings, std::filesystem::path const& data_directory) {
  if (!settings.records_address.empty()) return settings.records_address;
  return "sqlite:" + (data_directory / "records.db").string();
}

Result<ServeSettings> read_settings(std::string const& config_file, std::filesystem::path const& data_directory) {
  ServeSettings settings;
  auto const usual = data_directory / "madang.toml";
  if (!config_file.empty())
    MADANG_CHECK(settings.declare().read_file(config_file));
  else if (std::filesystem::exists(usual))
    MADANG_CHECK(settings.declare().read_file(usual.string()));
  return settings;
}

}  // namespace madang::app
