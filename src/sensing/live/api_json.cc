#include "sensing/live/api_json.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>

#include "sensing/limits.h"
#include "sensing/live/export.h"
#include "sensing/quality/quality.h"
#include "sensing/quality/reasons.h"
#include "sensing/quantities.h"
#include "sensing/quantity_names.h"
#include "sensing/rules.h"

namespace madang::sensing {
namespace {

std::string_view text_of(Averaging a) {
  switch (a) {
    case Averaging::kArithmetic: return "arithmetic";
    case Averaging::kEnergy: return "energy";
    case Averaging::kCircular: return "circular";
  }
  return "arithmetic";
}

std::string_view text_of(city::MeasurementClass c) {
  switch (c) {
    case city::MeasurementClass::kReference: return "reference";
    case city::MeasurementClass::kIndicative: return "indicative";
    case city::MeasurementClass::kSimpleMonitor: return "simple_monitor";
    case city::MeasurementClass::kSimulated: return "simulated";
    case city::MeasurementClass::kUnknown: return "unknown";
  }
  return "unknown";
}

/// Six digits are a tenth of a metre: more would only make the file larger.
double degree(double d) { return std::round(d * 1e6) / 1e6; }

struct Box {
  double west = 180, south = 90, east = -180, north = -90;

  void add(LatLon p) {
    west = std::min(west, p.longitude);
    east = std::max(east, p.longitude);
    south = std::min(south, p.latitude);
    north = std::max(north, p.latitude);
  }
  [[nodiscard]] bool holds(LatLon p) const { return p.longitude >= west && p.longitude <= east && p.latitude >= south && p.latitude <= north; }
};

/// What lies between the quartiles, five times as far on each side, and five kilometres.
std::pair<double, double> usual_range(std::vector<double> values) {
  auto const quartile = [&values](std::size_t n) {
    auto const at = values.begin() + static_cast<std::ptrdiff_t>(n * (values.size() - 1) / 4);
    std::ranges::nth_element(values, at);
    return *at;
  };
  double const low = quartile(1), high = quartile(3);
  double const more = 5 * (high - low) + 0.05;
  return {low - more, high + more};
}

/// Where a station may stand so that the city is seen with it: one whose longitude was typed wrongly must not make all others a dot.
Box where_stations_count(Box const& districts, StationIndex const& index) {
  double const width = districts.east - districts.west, height = districts.north - districts.south;
  if (width >= 0) return {districts.west - width, districts.south - height, districts.east + width, districts.north + height};
  std::vector<double> longitudes, latitudes;
  for (auto const& s : index.stations) {
    if (!s->point) continue;
    longitudes.push_back(s->point->longitude);
    latitudes.push_back(s->point->latitude);
  }
  if (longitudes.empty()) return {-180, -90, 180, 90};
  auto const [west, east] = usual_range(std::move(longitudes));
  auto const [south, north] = usual_range(std::move(latitudes));
  return {west, south, east, north};
}

void write_bounds(JsonWriter& w, StationIndex const& index) {
  Box box;
  for (auto const& area : index.districts) {
    for (auto const& polygon : area->shape) {
      for (auto const& p : polygon.empty() ? Ring{} : polygon.front()) box.add(p);
    }
  }
  Box const counts = where_stations_count(box, index);
  for (auto const& s : index.stations) {
    if (s->point && counts.holds(*s->point)) box.add(*s->point);
  }
  if (box.west > box.east) box = {-180, -85, 180, 85};  // nothing is known of the place yet
  w.begin_array().value(degree(box.west)).value(degree(box.south)).value(degree(box.east)).value(degree(box.north));
  w.end_array();
}

Millis commonest_interval(StationIndex const& index) {
  std::map<Millis, std::size_t> counts_by_interval;
  for (auto const& [channel, streams] : index.by_channel) {
    for (auto const& ref : streams) ++counts_by_interval[ref.interval];
  }
  auto const by_count = [](auto const& entry) { return entry.second; };
  auto const most = std::ranges::max_element(counts_by_interval, {}, by_count);
  return most == counts_by_interval.end() ? Millis{0} : most->first;
}

void write_quantity(JsonWriter& w, CityView const& view, StationIndex const& index, std::string const& channel) {
  auto const* streams = index.streams(channel);
  auto const& foreign = index.foreign_streams(channel);
  auto const* info = quantity(channel);
  auto const datastream = view.needs().city.datastream(streams == nullptr ? foreign.front().datastream : streams->front().datastream);
  w.begin_object().field("channel", channel).key("name");
  if (info != nullptr) {
    write_name(w, quantity_names(view.needs().messages, channel));
    w.field("unit", info->unit_symbol);
  } else {
    auto const property =
        datastream == nullptr ? nullptr : view.needs().city.observed_property(datastream->observed_property);
    write_name(w, property == nullptr ? city::Name{{{std::string{kSourceLanguage}, channel}}} : property->name);
    w.field("unit", datastream == nullptr ? std::string{} : datastream->unit.symbol);
  }
  ChannelRules rules;
  if (datastream != nullptr) rules = channel_rules(view.needs().city.sensor(datastream->sensor).get(), *datastream);
  w.key("scale").begin_array().value(info == nullptr ? rules.valid_min : info->scale_min);
  w.value(info == nullptr ? rules.valid_max : info->scale_max).end_array();
  w.field("decimals", info == nullptr ? 2 : info->decimals);
  w.field("ramp", info != nullptr && info->ramp == Ramp::kDiverging ? "diverging" : "sequential");
  w.field("averaging", text_of(info == nullptr ? Averaging::kArithmetic : info->averaging));
  w.field("stations", (streams == nullptr ? 0 : streams->size()) + foreign.size());
  w.field("main", std::ranges::find(main_channels(), channel) != main_channels().end());
  if (datastream != nullptr && takes_words(*datastream)) w.field("takes_words", true);
  w.end_object();
}

/// The table's quantities in its order, then what else some station has: daily means beside finer values, own channels.
void write_quantities(JsonWriter& w, CityView const& view, StationIndex const& index) {
  w.begin_array();
  for (auto const& info : quantities()) {
    if (index.streams(info.channel) != nullptr || !index.foreign_streams(info.channel).empty())
      write_quantity(w, view, index, std::string(info.channel));
  }
  // In no unit of its own is only what has one in the table.
  for (auto const& [channel, streams] : index.by_channel) {
    auto const in_table = std::ranges::find(quantities(), channel, &QuantityInfo::channel) != quantities().end();
    if (!in_table) write_quantity(w, view, index, channel);
  }
  w.end_array();
}

void write_ring(JsonWriter& w, Ring const& ring) {
  w.begin_array();
  for (auto const& p : ring) w.begin_array().value(degree(p.longitude)).value(degree(p.latitude)).end_array();
  w.end_array();
}

void write_shape(JsonWriter& w, MultiPolygon const& shape) {
  w.begin_object().field("type", "MultiPolygon").key("coordinates").begin_array();
  for (auto const& polygon : shape) {
    w.begin_array();
    for (auto const& ring : polygon) write_ring(w, ring);
    w.end_array();
  }
  w.end_array().end_object();
}

void write_optional(JsonWriter& w, std::optional<double> value, int decimals) {
  if (value) {
    w.value(rounded(*value, decimals));
  } else {
    w.null();
  }
}

/// [thing, value, time, flag, state], and what was sent where there is no value.
void write_value(JsonWriter& w, StationValue const& v) {
  w.begin_array().value(v.thing.value());
  if (v.value) {
    w.value(*v.value);
  } else {
    w.null();
  }
  if (v.time == Instant{}) {
    w.null();
  } else {
    w.value(millis_of(v.time));
  }
  w.value(static_cast<int>(v.flag)).value(static_cast<int>(v.state));
  if (!v.sent.empty()) w.raw(v.sent);
  w.end_array();
}

void write_sums(JsonWriter& w, QuantityNow const& now) {
  w.key("areas").begin_array();
  for (auto const& area : now.areas) {
    w.begin_array().value(area.area.value());
    write_optional(w, area.median, now.decimals);
    w.value(area.count).end_array();
  }
  w.end_array().key("city").begin_object().key("median");
  write_optional(w, now.median, now.decimals);
  w.field("count", now.count).end_object().key("stations");
  write_counts(w, now.stations);
}

void write_values(JsonWriter& w, std::span<StationValue const> values) {
  w.key("values").begin_array();
  for (auto const& v : values) write_value(w, v);
  w.end_array();
}

/// What is not fitted has never been heard of and has no value, whatever it sends.
StationValue shown_of(city::Datastream const& d, ChannelRules const& rules, UnitConversion unit, LatestValue const& latest, Instant at) {
  auto const interval = d.interval.count() > 0 ? d.interval : kIntervalDefault;
  StreamRef const ref{0, d.id, d.thing, interval, std::make_shared<std::vector<double> const>(rules.sentinels), unit, {}};
  return CityView::shown(ref, rules.fitted ? latest : LatestValue{}, at);
}

void write_newest(JsonWriter& w, StationValue const& v) {
  w.key("value");
  if (v.value) {
    w.value(*v.value);
  } else {
    w.null();
  }
  w.key("time");
  if (v.time == Instant{}) {
    w.null();
  } else {
    w.value(millis_of(v.time));
  }
  w.field("flag", static_cast<int>(v.flag)).field("state", name_of(v.state));
  if (!v.sent.empty()) w.key("sent").raw(v.sent);
}

void write_sentences(JsonWriter& w, runtime::Messages const& messages, auto const& sentence_in) {
  city::Name sentence;
  for (auto const& language : messages.languages()) sentence.by_language.insert_or_assign(language, sentence_in(language));
  write_name(w, sentence);
}

/// When the newest value came, what its clock said where that cannot be believed, and why it is doubted.
void write_doubts(JsonWriter& w, runtime::Messages const* messages, std::string_view channel, StationValue const& v,
                  LatestValue const& latest) {
  if (v.time == Instant{}) return;
  if (latest.arrived != kInstantMin) w.field("arrived", millis_of(latest.arrived));
  if (latest.claimed != kInstantMin) w.field("claimed", millis_of(latest.claimed));
  if (messages == nullptr || !v.value || counts(v.flag)) return;
  Quality quality{v.flag, latest.reason, kRuleVersion};
  if (!latest.time_trusted && quality.reason != static_cast<std::uint8_t>(QualityTest::kTiming))
    quality.reason = static_cast<std::uint8_t>(QualityTest::kClock);
  w.key("reason");
  write_sentences(w, *messages, [&](std::string_view language) { return quality_sentence(*messages, language, channel, *v.value, quality); });
}

void write_unstored(JsonWriter& w, ThingWords const& words) {
  w.key("unusable");
  if (!words.unstored || words.messages == nullptr) {
    w.null();
    return;
  }
  auto const& unstored = *words.unstored;
  w.begin_object().field("since", millis_of(unstored.since)).field("last", millis_of(unstored.last));
  w.field("messages", unstored.messages).key("reason");
  write_sentences(w, *words.messages,
                  [&](std::string_view language) { return unstored_sentence(*words.messages, language, unstored, words.with_why); });
  w.end_object();
}

void write_datastream(JsonWriter& w, CityView const& view, StationIndex const& index, city::Datastream const& d,
                      LatestValue const& latest, Instant at, runtime::Messages const* messages) {
  auto const rules = channel_rules(view.needs().city.sensor(d.sensor).get(), d);
  auto const unit = shown_unit_of(index, d);
  auto const* info = quantity(d.channel);
  w.begin_object().field("id", d.id.value()).field("channel", d.channel).key("name");
  if (info != nullptr) {
    write_name(w, quantity_names(view.needs().messages, d.channel));
  } else {
    write_name(w, d.name);
  }
  w.field("unit", unit.symbol).field("foreign_unit", unit.foreign);
  auto const shown = shown_of(d, rules, unit.conversion, latest, at);
  write_newest(w, shown);
  write_doubts(w, messages, d.channel, shown, latest);
  if (takes_words(d)) w.field("takes_words", true);
  w.field("fitted", rules.fitted).key("valid");
  if (rules.valid_min == 0 && rules.valid_max == 0) {
    w.null();
  } else {
    w.begin_array().value(unit.conversion(rules.valid_min)).value(unit.conversion(rules.valid_max)).end_array();
  }
  w.field("interval_ms", std::int64_t{d.interval.count()});
  w.field("decimals", info == nullptr ? 2 : info->decimals).end_object();
}

void write_sensor(JsonWriter& w, city::City const& city, Station const& station) {
  auto const sensor = station.datastreams.empty() ? nullptr : city.sensor(station.datastreams.front()->sensor);
  if (sensor == nullptr) {
    w.key("sensor").null().key("notice").null().key("source").null();
    return;
  }
  w.key("sensor").begin_object().key("name");
  write_name(w, sensor->name);
  w.field("model", sensor->model).field("class", text_of(sensor->measurement_class)).field("grade", sensor->grade);
  w.end_object().key("notice");
  write_name(w, sensor->notice);
  w.field("source", sensor->source);
}

}  // namespace

double rounded(double value, int decimals) {
  double const scale = std::pow(10.0, decimals + 2);
  double const scaled = value * scale;
  return std::abs(scaled) < 1e15 ? std::round(scaled) / scale : value;
}

void write_counts(JsonWriter& w, ReportCounts const& counts) {
  w.begin_object().field("total", counts.total).field("reporting", counts.reporting).field("late", counts.late);
  w.field("silent", counts.silent).field("never_heard", counts.never_heard).end_object();
}

std::string city_json(CityView const& view, StationIndex const& index) {
  auto const& identity = view.needs().identity;
  JsonWriter w;
  w.begin_object().key("name");
  write_name(w, identity.name);
  auto const simulated = [](auto const& s) { return s->thing->simulated; };
  auto const simulated_stations = std::ranges::count_if(index.stations, simulated);
  w.field("zone", identity.zone).field("simulated", simulated_stations > 0);
  w.field("stations", static_cast<std::int64_t>(index.stations.size())).field("simulated_stations", std::int64_t{simulated_stations});
  w.field("now", millis_of(view.needs().clock.now())).field("version", static_cast<std::int64_t>(index.version));
  w.key("bounds");
  write_bounds(w, index);
  w.field("interval_ms", std::int64_t{commonest_interval(index).count()}).key("quantities");
  write_quantities(w, view, index);
  w.key("notices").begin_array();
  std::set<city::Texts> said;
  for (auto const& [channel, notices] : index.notices_of) {
    for (auto const& notice : notices) {
      if (said.insert(notice.by_language).second) write_name(w, notice);
    }
  }
  w.end_array().end_object();
  return w.take();
}

std::string areas_json(city::City const& city) {
  JsonWriter w;
  w.begin_object().field("type", "FeatureCollection").key("features").begin_array();
  for (auto const& area : city.areas()) {
    w.begin_object().field("type", "Feature").field("id", area->id.value()).key("properties").begin_object();
    w.field("id", area->id.value()).field("code", area->code).key("name");
    write_name(w, area->name);
    w.field("level", area->level).key("parent");
    if (area->parent) {
      w.value(area->parent.value());
    } else {
      w.null();
    }
    w.end_object().key("geometry");
    write_shape(w, area->shape);
    w.end_object();
  }
  w.end_array().end_object();
  return w.take();
}

std::string stations_json(StationIndex const& index) {
  JsonWriter w;
  w.begin_object().field("version", static_cast<std::int64_t>(index.version)).key("stations").begin_array();
  for (auto const& each : index.stations) {
    auto const& s = *each;
    w.begin_object().field("id", s.thing->id.value()).field("serial", s.thing->serial).key("name");
    write_name(w, s.thing->name);
    // Who was registered without a place stands in lists and on no map.
    if (s.point)
      w.field("lat", degree(s.point->latitude)).field("lon", degree(s.point->longitude));
    else
      w.key("lat").null().key("lon").null();
    w.key("area");
    if (s.area) {
      w.value(s.area.value());
    } else {
      w.null();
    }
    w.field("simulated", s.thing->simulated).key("channels").begin_array();
    for (auto const& d : s.datastreams) {
      if (index.channel_of(d->id) != nullptr) w.value(d->channel);
    }
    w.end_array().end_object();
  }
  w.end_array().end_object();
  return w.take();
}

std::string now_json(QuantityNow const& now, bool live, About const* about) {
  JsonWriter w;
  w.begin_object().field("property", now.channel).field("unit", now.unit).field("at", millis_of(now.at));
  w.field("live", live);
  write_values(w, now.values);
  write_sums(w, now);
  if (about != nullptr) write_about(w, *about);
  w.end_object();
  return w.take();
}

std::string values_event_json(Instant now, std::span<StationValue const> values, QuantityNow const* sums) {
  JsonWriter w;
  w.begin_object().field("now", millis_of(now));
  write_values(w, values);
  if (sums != nullptr) write_sums(w, *sums);
  w.end_object();
  return w.take();
}

std::string thing_json(CityView const& view, Station const& station, std::span<LatestValue const> latest, Instant at,
                       ThingWords const& words) {
  auto const& city = view.needs().city;
  auto const index = view.stations();
  JsonWriter w;
  w.begin_object().field("id", station.thing->id.value()).field("serial", station.thing->serial).key("name");
  write_name(w, station.thing->name);
  w.field("description", station.thing->description).field("simulated", station.thing->simulated);
  if (station.point) w.field("lat", degree(station.point->latitude)).field("lon", degree(station.point->longitude));
  auto const area = city.area(station.area);
  w.key("area");
  if (area == nullptr) {
    w.null();
  } else {
    w.begin_object().field("id", area->id.value()).key("name");
    write_name(w, area->name);
    w.end_object();
  }
  write_sensor(w, city, station);
  write_unstored(w, words);
  w.key("datastreams").begin_array();
  for (std::size_t i = 0; i < station.datastreams.size(); ++i) {
    write_datastream(w, view, *index, *station.datastreams[i], latest[i], at, words.messages);
  }
  w.end_array().end_object();
  return w.take();
}

}  // namespace madang::sensing
