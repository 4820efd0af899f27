#include "sensing/commands/quality_commands.h"

#include <fmt/format.h>

#include "modules/local_request.h"
#include "sensing/commands/offline_city.h"
#include "sensing/quality/administration_routes.h"
#include "runtime/clock.h"
#include "runtime/progress.h"
#include "web/http/url.h"

namespace madang::sensing {
namespace {

Result<Instant> time_of(std::string const& text, std::string_view option, Instant otherwise) {
  if (text.empty()) return otherwise;
  auto time = parse_instant(text);
  if (!time) return fail(Code::kInvalid, fmt::format("--{}: {}", option, time.error().sentence));
  return *time;
}

Result<std::string> through_server(modules::LocalServer const& server, std::string_view action, QualityOptions const& options) {
  fmt::print(stderr, "through the running server at {}\n", server.http);
  auto target = fmt::format("/api/v1/quality/{}?", action);
  for (auto const& [name, value] : {std::pair{"from", &options.from}, {"to", &options.to}, {"channel", &options.channel},
                                    {"name", &options.name}, {"reference", &options.reference}})
    if (!value->empty()) target += fmt::format("{}={}&", name, web::percent_encode(*value));
  target.pop_back();
  return modules::post_to_local_server(server, target, "");
}

Result<std::string> rerun(QualityOptions const& options) {
  sensing::RerunOptions rerun{.channel = options.channel};
  MADANG_TRY(rerun.when.from, time_of(options.from, "from", kInstantMin));
  MADANG_TRY(rerun.when.to, time_of(options.to, "to", kInstantMax));
  if (auto const server = modules::find_local_server(options.data_directory)) return through_server(*server, "rerun", options);
  runtime::SystemClock const clock;
  OfflineCity offline;
  MADANG_CHECK(offline.open(options.data_directory, options.settings, clock, OfflineCity::Use::kWrite));
  rerun.progress = [](std::uint64_t values) { fmt::print(stderr, "{} values judged\n", runtime::grouped(values)); };
  MADANG_TRY(auto const summary, sensing::rerun_quality(*offline.city, *offline.store, rerun));
  return rerun_json(summary);
}

Result<std::string> calibrate(QualityOptions const& options) {
  sensing::CalibrationOptions calibration{.channel = options.channel, .name = options.name, .reference = options.reference};
  MADANG_TRY(calibration.learn.from, time_of(options.from, "from", kInstantMin));
  MADANG_TRY(calibration.learn.to, time_of(options.to, "to", kInstantMax));
  if (auto const server = modules::find_local_server(options.data_directory)) return through_server(*server, "calibrate", options);
  runtime::SystemClock const clock;
  OfflineCity offline;
  MADANG_CHECK(offline.open(options.data_directory, options.settings, clock, OfflineCity::Use::kWrite));
  auto const append = [&offline](storage::Batch const& batch) -> Result<void> {
    MADANG_CHECK(offline.store->append(batch));
    return {};
  };
  MADANG_TRY(auto const summary, sensing::calibrate(*offline.city, *offline.store, append, clock.now(), calibration));
  return calibration_json(summary);
}

int answer(Result<std::string> const& done) {
  if (!done) {
    fmt::print(stderr, "madang quality: {}\n", done.error().sentence);
    return 1;
  }
  fmt::print("{}\n", *done);
  return 0;
}

}  // namespace

int run_quality_rerun(QualityOptions const& options) { return answer(rerun(options)); }

int run_quality_calibrate(QualityOptions const& options) { return answer(calibrate(options)); }

}  // namespace madang::sensing
