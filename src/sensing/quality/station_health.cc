#include "sensing/quality/station_health.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "core/text.h"
#include "runtime/mutex.h"
#include "sensing/limits.h"
#include "sensing/live/api_json.h"
#include "sensing/live/city_view.h"
#include "sensing/permissions.h"
#include "sensing/quality/constants.h"
#include "sensing/quality/health_page.h"
#include "sensing/quality/missed.h"
#include "sensing/quality/reasons.h"

namespace madang::sensing {
namespace {

bool is_away(WorkItem const& item) {
  return item.ailment == Ailment::kLate || item.ailment == Ailment::kSilent || item.ailment == Ailment::kNeverHeard;
}

/// Channels that are away while their device reports. One that never said anything beside others is none's work.
std::vector<Finding> away_channels(CityView const& view, StationIndex const& index,
                                   std::vector<std::optional<StationReport>> const& reports, Instant now) {
  std::vector<Finding> found;
  std::vector<DatastreamId> ids;
  for (auto const* in_channel : index.all_streams()) {
    auto const& streams = *in_channel;
    ids.clear();
    for (auto const& ref : streams) ids.push_back(ref.datastream);
    auto const latest = view.board().find(ids);
    for (std::size_t i = 0; i < streams.size(); ++i) {
      auto const& ref = streams[i];
      auto const& report = reports[ref.station];
      if (!report || report->state != ReportState::kReporting || latest[i].heard == kInstantMin) continue;
      if (auto const finding = missed(ref.thing, ref.datastream, report_of(latest[i], ref.interval, now), now))
        found.push_back(*finding);
    }
  }
  return found;
}

/// Channels that are heard of and yet count in nothing. Since when they are sent like that nobody knows.
std::vector<Finding> channels_in_foreign_units(CityView const& view, StationIndex const& index) {
  std::vector<Finding> found;
  for (auto const& [channel, streams] : index.foreign_by_channel) {
    for (auto const& ref : streams) {
      if (!view.board().find(ref.datastream)) continue;
      Finding finding;
      finding.thing = ref.thing;
      finding.stream = ref.datastream;
      finding.ailment = Ailment::kForeignUnit;
      finding.since = kInstantMin;
      finding.share = 1;
      finding.unit = *ref.foreign_unit;
      found.push_back(finding);
    }
  }
  return found;
}

/// Nothing of it can be stored, and so it has no current value.
std::optional<UnstoredMessage> unstored_of(HealthNeeds const& needs, city::Thing const& thing, StationReport const& report) {
  if (needs.unstored == nullptr || report.state == ReportState::kReporting || !report.speaks) return std::nullopt;
  auto found = needs.unstored->find(thing.id);
  // Of one that repeats itself its clock says more.
  bool const is_clock = found && found->kind == UnstoredMessage::Kind::kRepeated && report.claimed != kInstantMin;
  return is_clock ? std::nullopt : found;
}

/// Worst first. Lines about what is away are made here, by the same rule and from the same board as all counts.
std::vector<WorkItem> work_of(HealthNeeds const& needs, CityView const& view, StationIndex const& index,
                              std::vector<std::optional<StationReport>> const& reports, Instant now) {
  auto items = needs.health.work_list();
  // Since when a station is missed only the quality rules know, and they know more of a clock than its newest message.
  std::unordered_map<ThingId, Instant> missed_since;
  std::unordered_set<ThingId> wrong_clocks;
  for (auto const& item : items) {
    if (item.ailment == Ailment::kNeverHeard) missed_since[item.thing] = item.since;
    if (item.ailment == Ailment::kClock) wrong_clocks.insert(item.thing);
  }
  std::erase_if(items, [&](WorkItem const& item) { return is_away(item) && index.station(item.thing) != nullptr; });
  auto const add = [&](Finding const& finding) { items.push_back(work_item(needs.city, needs.messages, finding)); };
  for (std::size_t i = 0; i < reports.size(); ++i) {
    if (!reports[i]) continue;
    auto const& thing = *index.stations[i]->thing;
    if (auto const unstored = unstored_of(needs, thing, *reports[i])) {
      items.push_back(unstored_item(needs.messages, thing.id, *unstored, now));
      continue;
    }
    auto finding = missed(thing.id, {}, *reports[i], now);
    if (!finding || (reports[i]->speaks && wrong_clocks.contains(thing.id))) continue;
    if (finding->ailment == Ailment::kNeverHeard) {
      auto const since = missed_since.find(thing.id);
      if (since == missed_since.end()) continue;  // so new that nothing is missed yet
      finding->since = since->second;
      finding->share = share_since(finding->since, now);
    }
    add(*finding);
  }
  for (auto const& finding : away_channels(view, index, reports, now)) {
    add(finding);
    // The word of a station that is away is no channel's, so that one count of late stations stands everywhere.
    if (is_away(items.back())) items.back().ailment = Ailment::kChannelAway;
  }
  for (auto const& finding : channels_in_foreign_units(view, index)) add(finding);
  std::ranges::stable_sort(items, [](WorkItem const& a, WorkItem const& b) {
    return std::tie(a.ailment, a.since, a.thing) < std::tie(b.ailment, b.since, b.thing);
  });
  return items;
}

/// Made at most every few seconds, however many ask.
class RecentHealth {
 public:
  explicit RecentHealth(HealthNeeds needs) : needs_(std::move(needs)) {}

  std::shared_ptr<StationHealth const> read() {
    runtime::Lock const lock(mutex_);
    auto const now = needs_.clock.now();
    bool const recent = health_ && health_->now <= now && now - health_->now < kHealthAgeMax;
    if (!recent) health_ = std::make_shared<StationHealth const>(station_health(needs_));
    return health_;
  }

 private:
  HealthNeeds needs_;
  runtime::Mutex mutex_;
  std::shared_ptr<StationHealth const> health_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace

StationHealth station_health(HealthNeeds const& needs) {
  auto const view = std::dynamic_pointer_cast<CityView>(needs.now);
  MADANG_ASSERT(view != nullptr);
  auto const index = view->stations();
  StationHealth out;
  out.now = needs.clock.now();
  auto const reports = view->reports(*index, out.now);
  std::unordered_map<AreaId, std::size_t> place;
  for (auto const& district : index->districts) {
    place[district->id] = out.areas.size();
    out.areas.push_back({district->id, district->name, 0, 0});
  }
  for (std::size_t i = 0; i < index->stations.size(); ++i) {
    if (!reports[i]) continue;
    out.stations.add(reports[i]->state);
    out.lines.push_back({index->stations[i]->thing->id, reports[i]->state, reports[i]->spoke});
    auto const found = place.find(index->stations[i]->district);
    if (found == place.end()) continue;
    auto& area = out.areas[found->second];
    ++area.stations;
    if (reports[i]->state == ReportState::kReporting) ++area.reporting;
  }
  auto const items = work_of(needs, *view, *index, reports, out.now);
  for (auto const& item : items) {
    ++out.ailments[item.ailment];
    if (out.work.size() >= kWorkLinesMax) continue;
    auto const thing = needs.city.thing(item.thing);
    if (thing != nullptr) out.work.push_back({item, thing->serial, thing->name});
  }
  return out;
}

std::string station_health_json(StationHealth const& health, bool with_work) {
  JsonWriter w;
  w.begin_object().field("now", millis_of(health.now)).key("stations");
  write_counts(w, health.stations);
  w.key("ailments").begin_object();
  for (auto const& [ailment, count] : health.ailments) w.field(name_of(ailment), count);
  w.end_object().key("areas").begin_array();
  for (auto const& area : health.areas) {
    w.begin_object().field("area", area.area.value()).key("name");
    write_name(w, area.name);
    w.field("stations", area.stations).field("reporting", area.reporting).end_object();
  }
  w.end_array();
  if (with_work) {
    w.key("work").begin_array();
    for (auto const& line : health.work) {
      w.begin_object().field("thing", line.item.thing.value()).field("serial", line.serial).key("name");
      write_name(w, line.name);
      w.key("channel");
      if (line.item.channel.empty()) {
        w.null();
      } else {
        w.value(line.item.channel);
      }
      w.field("ailment", name_of(line.item.ailment)).key("since");
      if (line.item.since == kInstantMin)
        w.null();
      else
        w.value(millis_of(line.item.since));
      w.key("reason");
      write_name(w, line.item.reason);
      w.field("share", whole_percent(line.item.share) / 100.0).end_object();
    }
    w.end_array();
  }
  w.end_object();
  return w.take();
}

std::string station_lines_json(StationHealth const& health, ReportState state) {
  JsonWriter w;
  w.begin_object().field("now", millis_of(health.now)).field("state", name_of(state)).key("stations").begin_array();
  for (auto const& line : health.lines) {
    if (line.state != state) continue;
    w.begin_array().value(line.thing.value());
    if (line.heard == kInstantMin)
      w.null();
    else
      w.value(millis_of(line.heard));
    w.end_array();
  }
  w.end_array().end_object();
  return w.take();
}

web::Routes health_routes(HealthNeeds const& needs) {
  auto const recent = std::make_shared<RecentHealth>(needs);
  web::Routes r;
  r.get<web::Access::kPublic>("/api/v1/health", [recent](web::Request const& request) -> Result<web::Response> {
    return web::json(station_health_json(*recent->read(), request.who.may(kSeeDevices)));
  });
  r.get<web::Access::kPublic>("/api/v1/health/stations", [recent](web::Request const& request) -> Result<web::Response> {
    auto const name = request.query_value("state").value_or("");
    auto const state = report_state_named(name);
    if (!state)
      return fail(Code::kInvalid, fmt::format("state: \"{}\" is none of reporting, late, silent, never_heard", repair_utf8(name.substr(0, 20))));
    return web::json(station_lines_json(*recent->read(), *state));
  });
  r.get<web::Access::kPublic>("/health", [needs, recent](web::Request const& request) -> Result<web::Response> {
    return health_page(needs, *recent->read(), request);
  });
  // A public address looks at no key: the command line and programs ask here.
  r.get<kSeeDevices>("/api/v1/health/work", [recent](web::Request const&) -> Result<web::Response> {
    return web::json(station_health_json(*recent->read(), true));
  });
  return r;
}

}  // namespace madang::sensing
