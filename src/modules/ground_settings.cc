#include "modules/ground.h"

#include <fmt/format.h>

#include "web/http/public_address.h"

namespace madang::modules {
namespace {

Result<void> check_base_address(std::string const& text) {
  if (text.ends_with('/')) return fail(Code::kInvalid, fmt::format("\"{}\" ends with a slash", text));
  MADANG_CHECK(web::PublicAddress::of(text, ""));
  return {};
}

Result<void> check_records_address(std::string const& text) {
  if (text.empty() || text.starts_with("sqlite:") || text.starts_with("postgresql:")) return {};
  return fail(Code::kInvalid, fmt::format("'{}' begins with neither sqlite: nor postgresql:", text));
}

}  // namespace

void GroundSettings::declare(runtime::Settings& s) {
  s.declare(zone, {"city.zone", "The IANA time zone in which days begin and clocks are shown.", "", 0, 0, runtime::check_time_zone});
  s.declare(records_address,
            {"records.address", "sqlite:PATH or postgresql:CONNINFO; empty: records.db in the data directory.", "", 0, 0,
             check_records_address});
  s.declare(base_address, {"public.base_address",
                           "Where citizens reach this server, without a slash at the end: https://city.example, or with a "
                           "path behind a proxy. All links follow it; with https logins are kept over https only. "
                           "Empty: links follow the client's own words, those of feeds are relative, CAP messages carry none.",
                           "URL", 0, 0, check_base_address});
}

std::string records_address_of(GroundSettings const& settings, std::filesystem::path const& data_directory) {
  if (!settings.records_address.empty()) return settings.records_address;
  return "sqlite:" + (data_directory / "records.db").string();
}

}  // namespace madang::modules
