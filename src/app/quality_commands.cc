#include "app/quality_commands.h"

#include <fmt/format.h>

#include "app/administration_routes.h"
#include "app/local_request.h"
#include "app/offline_city.h"
#include "runtime/clock.h"
#include "runtime/progress.h"
#include "web/http/url.h"

namespace madang::app {
namespace {

Result<Instant> time_of(std::string const& text, std::string_view option, Instant otherwise) {
  if (text.empty()) return otherwise;
  auto time = parse_instant(text);
  if (!time) return fail(Code::kInvalid, fmt::format("--{}: {}", option, time.error().sentence));
  return *time;
}

Result<std::string> through_server(LocalServer const& server, QualityRerunOptions const& options) {
  std::string target = "/api/v1/quality/rerun?";
  for (auto const& [name, value] : {std::pair{"from", &options.from}, {"to", &options.to}, {"channel", &options.channel}})
    if (!value->empty()) target += fmt::format("{}={}&", name, web::percent_encode(*value));
  target.pop_back();
  return post_to_local_server(server, target, "");
}

Result<std::string> rerun(QualityRerunOptions const& options) {
  sensing::RerunOptions rerun{.channel = options.channel};
  MADANG_TRY(rerun.when.from, time_of(options.from, "from", kInstantMin));
  MADANG_TRY(rerun.when.to, time_of(options.to, "to", kInstantMax));
  if (auto const server = find_local_server(options.data_directory)) {
    fmt::print(stderr, "through the running server at {}\n", server->http);
    return through_server(*server, options);
  }
  runtime::SystemClock const clock;
  OfflineCity offline;
  MADANG_CHECK(offline.open(options.data_directory, options.settings, clock));
  rerun.progress = [](std::uint64_t values) { fmt::print(stderr, "{} values judged\n", runtime::grouped(values)); };
  MADANG_TRY(auto const summary, sensing::rerun_quality(*offline.city, *offline.store, rerun));
  return rerun_json(summary);
}

}  // namespace

int run_quality_rerun(QualityRerunOptions const& options) {
  auto const done = rerun(options);
  if (!done) {
    fmt::print(stderr, "madang quality: {}\n", done.error().sentence);
    return 1;
  }
  fmt::print("{}\n", *done);
  return 0;
}

}  // namespace madang::app
