// The JSON API of the control room and the public page: docs/control_room_api.md. Each handler parses, asks, encodes.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "core/text.h"
#include "runtime/mutex.h"
#include "runtime/refusal.h"
#include "runtime/snapshot.h"
#include "sensing/limits.h"
#include "sensing/live/api_json.h"
#include "sensing/live/export.h"
#include "sensing/live/live_hub.h"
#include "sensing/permissions.h"
#include "sensing/rules.h"
#include "sensing/sensing.h"
#include "web/html/page_frame.h"

namespace madang::sensing {
namespace {

using web::Access;
using web::Request;
using web::Response;

/// How far a reader's clock may be ahead when it asks for "now".
constexpr Millis kAskedAheadMax = std::chrono::minutes{1};

/// Medians of a longer span read so many roll-ups of each station that they wait with the reads that may take seconds.
constexpr Millis kMediansReadPlainly = std::chrono::days{31};
// A longer span waits with what may take seconds; a file holds each word, where a page's points are few.
constexpr Millis kSeriesReadPlainly = std::chrono::days{31};
constexpr Millis kFileReadPlainly = std::chrono::days{2};

/// RFC 3339, or milliseconds since 1970.
Result<Instant> parse_time(std::string_view name, std::string_view text) {
  if (auto const millis = parse_int(text)) {
    auto const t = instant_of_millis(*millis);
    if (t < kInstantMin || t >= kInstantMax) {
      return runtime::refuse_field(Code::kInvalid, name, "refusal.time.years");
    }
    return t;
  }
  // A plus sign that was not percent-encoded arrives as a space: "...T09:00:00 09:00".
  std::string repaired(text);
  for (auto& c : repaired) c = c == ' ' ? '+' : c;
  auto parsed = parse_instant(repaired);
  if (!parsed) return runtime::refuse_field(Code::kInvalid, name, "refusal.time.unread");
  return parsed;
}

Result<std::optional<Instant>> optional_time(Request const& request, std::string_view name) {
  auto const text = request.query_value(name);
  if (!text || text->empty()) return std::optional<Instant>{};
  MADANG_TRY(auto const t, parse_time(name, *text));
  return std::optional(t);
}

/// A moment that is looked back at. A reader's clock that is a little ahead asks for the present.
Result<std::optional<Instant>> past_moment(Request const& request, Instant now) {
  MADANG_TRY(auto const at, optional_time(request, "at"));
  if (at && *at > now + kAskedAheadMax)
    return runtime::refuse_field(Code::kInvalid, "at", "refusal.time.not_yet");
  return at ? std::optional(std::min(*at, now)) : at;
}

Result<std::int64_t> parse_id(std::string_view name, std::string_view text) {
  auto const id = parse_int(text);
  if (!id || *id < 1) return runtime::refuse_field(Code::kInvalid, name, "refusal.positive_number");
  return *id;
}

Result<std::string> needed(Request const& request, std::string_view name) {
  auto const text = request.query_value(name);
  if (!text || text->empty()) return runtime::refuse_field(Code::kInvalid, name, "refusal.missing");
  return std::string(*text);
}

/// `from` and `to`; by default the last 24 hours.
Result<Interval> parse_range(Request const& request, Instant now) {
  MADANG_TRY(auto const to, optional_time(request, "to"));
  MADANG_TRY(auto const from, optional_time(request, "from"));
  Interval when{};
  when.to = to.value_or(now);
  when.from = from.value_or(when.to - std::chrono::hours{24});
  if (when.from >= when.to) return runtime::refuse_field(Code::kInvalid, "from", "refusal.time.from_after_to");
  return when;
}

/// A text that stays right while the index does not change.
struct CachedText {
  city::ChangeCursor version = 0;
  std::shared_ptr<std::string const> text;
};

/// Written anew when an Area changes, whatever else does. Thread-safe.
class AreasText {
 public:
  explicit AreasText(city::City const& city) : city_(city), changes_(city) {}

  std::shared_ptr<std::string const> read() {
    runtime::Lock const lock(mutex_);
    if (!changes_.is_current() && changes_.read().any_of(city::EntryKind::kArea))
      text_ = std::make_shared<std::string const>(areas_json(city_));
    return text_;
  }

 private:
  city::City const& city_;
  runtime::Mutex mutex_;
  city::ChangeReader changes_ MADANG_GUARDED_BY(mutex_);
  std::shared_ptr<std::string const> text_ MADANG_GUARDED_BY(mutex_);
};

struct Api {
  ApiNeeds needs;
  std::shared_ptr<CityView> view;
  LiveHub hub;
  AreasText areas;
  runtime::Snapshot<CachedText> stations;

  Api(ApiNeeds const& n, std::shared_ptr<CityView> v) : needs(n), view(std::move(v)), hub(view, n.events), areas(n.city) {}

  Result<Response> get_city(Request const&) const { return web::json(city_json(*view, *view->stations())); }

  Result<Response> get_areas(Request const&) {
    auto response = web::json(*areas.read());
    response.content_type = "application/geo+json";
    return response;
  }

  Result<Response> get_stations(Request const&) {
    auto const index = view->stations();
    auto cached = stations.read();
    if (cached->text == nullptr || cached->version != index->version) {
      CachedText fresh{index->version, std::make_shared<std::string const>(stations_json(*index))};
      stations.swap(std::make_shared<CachedText const>(fresh));
      cached = stations.read();
    }
    return web::json(*cached->text);
  }

  /// What was asked about a moment ago is read from memory and waits for nobody who reads the past.
  [[nodiscard]] web::Work work_of_now(Request const& request) const {
    auto const at = past_moment(request, needs.clock.now());
    if (!at || !*at) return web::Work::kRead;
    return view->knows_past(request.query_value("property").value_or(""), **at) ? web::Work::kRead : web::Work::kScan;
  }

  Result<Response> get_now(Request const& request) const {
    MADANG_TRY(auto const property, needed(request, "property"));
    MADANG_TRY(auto const at, past_moment(request, needs.clock.now()));
    if (at) {
      MADANG_TRY(auto const then, view->past_quantity(property, *at));
      auto const about = about_quantity(*view, property);
      return web::json(now_json(*then, false, &about));
    }
    MADANG_TRY(auto const now, view->quantity(property, at));
    auto const about = about_quantity(*view, property);
    return web::json(now_json(now, true, &about));
  }

  Result<Response> get_thing(Request const& request) const {
    MADANG_TRY(auto const id, parse_id("id", request.parameter("id")));
    MADANG_TRY(auto const at, past_moment(request, needs.clock.now()));
    auto const index = view->stations();
    auto const* station = index->station(ThingId{id});
    if (station == nullptr) return runtime::refuse_field(Code::kNotFound, "id", "refusal.station.none", {{"id", std::to_string(id)}});
    std::vector<DatastreamId> ids;
    for (auto const& d : station->datastreams) ids.push_back(d->id);
    MADANG_TRY(auto const latest, view->newest(ids, at));
    ThingWords words{.messages = needs.messages, .unstored = {}, .with_why = request.who.may(kSeeDevices)};
    if (!at && needs.unstored != nullptr && !is_reporting(*index, *station, latest)) words.unstored = needs.unstored->find(station->thing->id);
    return web::json(thing_json(*view, *station, latest, at.value_or(needs.clock.now()), words));
  }

  /// By the best of its fitted channels; `latest` in the order of its Datastreams.
  [[nodiscard]] bool is_reporting(StationIndex const& index, Station const& station, std::span<LatestValue const> latest) const {
    auto const now = needs.clock.now();
    for (std::size_t i = 0; i < station.datastreams.size(); ++i) {
      auto const* ref = index.placed(station.datastreams[i]->id);
      if (ref != nullptr && report_state(latest[i], ref->interval, now) == ReportState::kReporting) return true;
    }
    return false;
  }

  Result<Response> get_series(Request const& request) const {
    MADANG_TRY(auto const id_text, needed(request, "datastream"));
    MADANG_TRY(auto const id, parse_id("datastream", id_text));
    SeriesQuery query;
    query.datastream = needs.city.datastream(DatastreamId{id});
    if (query.datastream == nullptr) return runtime::refuse_field(Code::kNotFound, "datastream", "refusal.series.none", {{"id", std::to_string(id)}});
    MADANG_TRY(query.when, parse_range(request, needs.clock.now() + Millis{1}));
    MADANG_TRY(bool const as_file, wants_file(request));
    if (auto const by = request.query_value("by")) return get_calendar_series(request, query, *by, as_file);
    if (auto const text = request.query_value("points")) {
      MADANG_TRY(auto const points, parse_id("points", *text));
      if (points > static_cast<std::int64_t>(kSeriesPointsMax)) {
        return runtime::refuse_field(Code::kLimit, "points", "refusal.above", {{"value", points}, {"max", kSeriesPointsMax}});
      }
      query.points = static_cast<std::size_t>(points);
    }
    query.each_word = as_file;
    query.deadline = needs.clock.tick() + kSeriesReadMax;
    MADANG_TRY(auto answer, read_series(needs.store, query));
    mark_sentinels(answer, *query.datastream);
    auto const unit = shown_unit_of(*view->stations(), *query.datastream);
    convert(answer, unit.conversion, unit.symbol);
    auto const about = about_stream(*view, *query.datastream);
    if (!as_file) return web::json(series_json(answer, about, needs.messages));
    return csv_file(request, answer.datastream, [&](std::string_view language) {
      return series_csv(answer, about, *needs.messages, language);
    });
  }

  Result<bool> wants_file(Request const& request) const {
    auto const format = request.query_value("format").value_or("json");
    if (format == "json") return false;
    if (format != "csv") return runtime::refuse_field(Code::kInvalid, "format", "refusal.series.format", {{"format", format.substr(0, 20)}});
    if (needs.messages == nullptr) return runtime::refuse_field(Code::kUnsupported, "format", "refusal.series.no_csv");
    return true;
  }

  template <typename Write>
  Response csv_file(Request const& request, DatastreamId datastream, Write const& write) const {
    auto const reader = web::reader_of(request, *needs.messages);
    Response response;
    response.content_type = "text/csv; charset=utf-8";
    response.body = write(reader.language);
    response.headers.emplace_back("Content-Disposition",
                                  fmt::format("attachment; filename=\"datastream-{}.csv\"", datastream.value()));
    response.headers.emplace_back("Content-Language", reader.language);
    return response;
  }

  /// Single values by which this device says that it has none, where nobody has judged them.
  void mark_sentinels(SeriesAnswer& answer, city::Datastream const& datastream) const {
    auto const rules = channel_rules(needs.city.sensor(datastream.sensor).get(), datastream);
    if (answer.step != Millis{0}) return;
    for (auto& p : answer.points)
      if (is_no_value(rules, p.value)) p.flag = QualityFlag::kMissing;
  }

  /// By hours, days or months of the city's clock.
  Result<Response> get_calendar_series(Request const& request, SeriesQuery const& query, std::string_view by,
                                       bool as_file) const {
    auto const unit = calendar_unit_named(by);
    if (!unit) return runtime::refuse_field(Code::kInvalid, "by", "refusal.series.by", {{"by", by.substr(0, 20)}});
    MADANG_TRY(auto const calendar, indices::Calendar::of_zone(view->needs().identity.zone));
    MADANG_TRY(auto answer, read_calendar_series(needs.store, *query.datastream, {query.when, *unit, needs.clock.tick() + kSeriesReadMax}, calendar));
    auto const shown = shown_unit_of(*view->stations(), *query.datastream);
    convert(answer, shown.conversion, shown.symbol);
    auto const about = about_stream(*view, *query.datastream);
    if (!as_file) return web::json(calendar_series_json(answer, about));
    return csv_file(request, answer.datastream, [&](std::string_view language) {
      return calendar_series_csv(answer, about, *needs.messages, language);
    });
  }

  Result<Response> get_medians(Request const& request) const {
    MADANG_TRY(auto const property, needed(request, "property"));
    MADANG_TRY(auto const when, parse_range(request, needs.clock.now() + Millis{1}));
    if (when.length() > kMediansSpanMax) return runtime::refuse_field(Code::kLimit, "from", "refusal.series.span");
    auto const index = view->stations();
    auto const* streams = index->streams(property);
    if (streams == nullptr && index->foreign_streams(property).empty()) {
      return runtime::refuse_field(Code::kNotFound, "property", "refusal.station.no_quantity", {{"quantity", property.substr(0, 80)}});
    }
    static Blocks<StreamRef> const kNone;
    auto const& comparable = streams == nullptr ? kNone : *streams;
    auto const first = comparable.empty() ? nullptr : needs.city.datastream(comparable.front().datastream);
    auto const unit = first == nullptr ? std::string() : first->unit.symbol;
    MADANG_TRY(auto const answer, read_medians(needs.store, comparable, {property, when, unit, needs.clock.tick() + kSeriesReadMax}));
    return web::json(medians_json(answer, about_quantity(*view, property)));
  }

  Result<void> listen(Request const& request, std::shared_ptr<web::EventSink> sink) {
    MADANG_TRY(auto const property, needed(request, "property"));
    return hub.add(property, std::move(sink), web::last_event_id(request));
  }
};

std::shared_ptr<CityView> view_of(ApiNeeds const& needs) {
  auto now = needs.now;
  if (now == nullptr) {
    auto started = NowView::start({needs.city, needs.store, needs.ingest, needs.clock, {}});
    MADANG_ASSERT(started.has_value());
    now = *std::move(started);
  }
  auto view = std::dynamic_pointer_cast<CityView>(now);
  MADANG_ASSERT(view != nullptr);
  return view;
}

}  // namespace

web::Routes api_routes(ApiNeeds const& needs) {
  auto api = std::make_shared<Api>(needs, view_of(needs));
  web::Routes r;
  r.get<Access::kPublic>("/api/v1/city", [api](Request const& q) { return api->get_city(q); });
  r.get<Access::kPublic>("/api/v1/areas", [api](Request const& q) { return api->get_areas(q); });
  r.get<Access::kPublic>("/api/v1/stations", [api](Request const& q) { return api->get_stations(q); });
  auto const work_of_now = [api](Request const& q) { return api->work_of_now(q); };
  r.get<Access::kPublic>("/api/v1/now", [api](Request const& q) { return api->get_now(q); }, work_of_now);
  r.get<Access::kPublic>("/api/v1/things/{id}", [api](Request const& q) { return api->get_thing(q); });
  auto const work_of_series = [api](Request const& q) {
    auto const when = parse_range(q, api->needs.clock.now());
    auto const plainly = q.query_value("format") ? kFileReadPlainly : kSeriesReadPlainly;
    return when && when->length() > plainly ? web::Work::kScan : web::Work::kRead;
  };
  r.get<Access::kPublic>("/api/v1/series", [api](Request const& q) { return api->get_series(q); }, work_of_series);
  auto const work_of_medians = [api](Request const& q) {
    auto const when = parse_range(q, api->needs.clock.now());
    return when && when->length() > kMediansReadPlainly ? web::Work::kScan : web::Work::kRead;
  };
  r.get<Access::kPublic>("/api/v1/medians", [api](Request const& q) { return api->get_medians(q); }, work_of_medians);
  r.stream<Access::kPublic>("/api/v1/live", [api](Request const& q, std::shared_ptr<web::EventSink> sink) {
    return api->listen(q, std::move(sink));
  });
  return r;
}

}  // namespace madang::sensing
