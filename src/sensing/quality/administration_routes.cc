#include "sensing/quality/administration_routes.h"

#include "core/json_writer.h"
#include "runtime/refusal.h"

namespace madang::sensing {
namespace {

using web::Access;
using web::Request;
using web::Response;

Result<Instant> time_asked(Request const& request, std::string_view name, Instant otherwise) {
  auto const text = request.query_value(name);
  if (!text) return otherwise;
  auto time = parse_instant(*text);
  if (!time) return runtime::refuse_field(Code::kInvalid, name, "refusal.time.unread");
  return *time;
}

Result<Response> answer_rerun(AdministrationNeeds const& needs, Request const& request) {
  RerunOptions options;
  MADANG_TRY(options.when.from, time_asked(request, "from", kInstantMin));
  MADANG_TRY(options.when.to, time_asked(request, "to", kInstantMax));
  options.channel = request.query_value("channel").value_or("");
  MADANG_TRY(auto const summary, sensing::rerun_quality(needs.city, needs.store, options));
  return web::json(rerun_json(summary), 200);
}

Result<Response> calibrate_channel(AdministrationNeeds const& needs, Request const& request) {
  CalibrationOptions options;
  options.channel = request.query_value("channel").value_or("");
  if (options.channel.empty()) return runtime::refuse_field(Code::kInvalid, "channel", "refusal.calibration.channel");
  options.name = request.query_value("name").value_or("");
  options.reference = request.query_value("reference").value_or("");
  MADANG_TRY(options.learn.from, time_asked(request, "from", kInstantMin));
  MADANG_TRY(options.learn.to, time_asked(request, "to", kInstantMax));
  auto const append = [&needs](storage::Batch batch) -> Result<void> {
    MADANG_TRY(auto const stored, needs.ingest.submit_and_wait(std::move(batch)));
    (void)stored;
    return {};
  };
  MADANG_TRY(auto const summary, sensing::calibrate(needs.city, needs.store, append, needs.clock.now(), options));
  return web::json(calibration_json(summary), 200);
}

}  // namespace

std::string calibration_json(CalibrationSummary const& summary) {
  JsonWriter w;
  w.begin_object().field("reference", summary.reference).field("stations", summary.stations).field("made", summary.made);
  w.field("continued", summary.continued).field("unfit", summary.unfit).field("values", summary.values);
  w.field("distance_before", summary.spread_before).field("distance_after", summary.spread_after).end_object();
  return w.take();
}

std::string rerun_json(RerunSummary const& summary) {
  JsonWriter w;
  w.begin_object().field("rule_version", std::int64_t{kRuleVersion}).field("datastreams", summary.datastreams);
  w.field("values", summary.values).field("changed", summary.changed).key("flagged").begin_object();
  for (auto const& [test, count] : summary.flagged) w.field(name_of(test), count);
  w.end_object().end_object();
  return w.take();
}

web::Routes administration_routes(AdministrationNeeds needs) {
  web::Routes r;
  r.post<Access::kLocal>(
      "/api/v1/quality/rerun", [needs](Request const& q) { return answer_rerun(needs, q); }, web::Work::kBulk);
  r.post<Access::kLocal>(
      "/api/v1/quality/calibrate", [needs](Request const& q) { return calibrate_channel(needs, q); }, web::Work::kBulk);
  return r;
}

}  // namespace madang::sensing
