#include "sensing/live/now.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

#include "core/json_writer.h"
#include "core/text.h"
#include "runtime/refusal.h"
#include "sensing/limits.h"
#include "sensing/live/city_view.h"
#include "sensing/quantity_names.h"
#include "sensing/rules.h"
#include "sensing/sensing.h"

namespace madang::sensing {
namespace {

/// In this order.
constexpr std::array<std::string_view, 6> kMainChannels = {"pm25", "pm10", "noise", "temperature", "humidity", "people"};

using storage::StoredObservation;

/// The newest in `when` whose time can be trusted; id 0 when there is none among the newest kUntrustedReadMax. One whose
/// clock is wrong is rare, so the first look is at one value only.
Result<StoredObservation> newest_trusted(storage::ObservationStore& store, DatastreamId stream, Interval when, Tick deadline) {
  std::size_t page = 1;
  for (std::size_t skip = 0; skip < kUntrustedReadMax; skip += page, page = 100) {
    storage::ReadOptions const newest_first{.limit = page, .skip = skip, .descending = true, .with_details = true, .deadline = deadline};
    MADANG_TRY(auto const found, store.read(stream, when, newest_first));
    for (auto const& o : found)
      if (has_trusted_time(o.phenomenon_time, o.received_at, o.quality)) return o;
    if (found.size() < page) break;
  }
  return StoredObservation{};
}

LatestValue value_of_the_past(StoredObservation const& o) {
  LatestValue out{o.value, o.phenomenon_time, o.id, o.quality.flag, true, o.phenomenon_time, o.phenomenon_time, {}, {}, {}, o.quality.reason};
  bool const has_text = o.detail && !storage::is_number(*o.detail);
  if (has_text) out.text = std::make_shared<std::string const>(shortened(o.detail->result, kSentTextMax));
  if (!has_text && !storage::is_number(o)) out.text = std::make_shared<std::string const>();
  return out;
}

std::string json_of(auto const& value) {
  JsonWriter w;
  w.value(value);
  return w.take();
}

/// Name, unit and scale: from the table of known quantities, else from the registry.
void describe(QuantityNow& q, city::City const& city, runtime::Messages const& messages, DatastreamId example) {
  if (auto const* info = quantity(q.channel)) {
    q.name = quantity_names(messages, q.channel);
    q.unit = info->unit_symbol;
    q.decimals = info->decimals;
    q.scale_min = info->scale_min;
    q.scale_max = info->scale_max;
    return;
  }
  auto const datastream = city.datastream(example);
  if (datastream == nullptr) return;
  q.unit = datastream->unit.symbol;
  q.decimals = 2;
  if (auto const property = city.observed_property(datastream->observed_property)) q.name = property->name;
  auto const sensor = city.sensor(datastream->sensor);
  auto const rules = channel_rules(sensor.get(), *datastream);
  q.scale_min = rules.valid_min;
  q.scale_max = rules.valid_max;
}

/// Sorts values into Areas and counts stations.
class Tally {
 public:
  Tally(QuantityNow& out, StationIndex const& index, Averaging averaging)
      : out_(out), index_(index), averaging_(averaging) {}

  void add(StreamRef const& ref, LatestValue const& latest) {
    auto const& station = *index_.stations[ref.station];
    out_.simulated = out_.simulated || station.thing->simulated;
    auto shown = CityView::shown(ref, latest, out_.at);
    out_.stations.add(shown.state);
    if (shown.value && shown.state == ReportState::kReporting && counts(shown.flag)) {
      all_.push_back(*shown.value);
      by_district_[station.district].push_back(*shown.value);
      out_.time = std::max(out_.time.value_or(shown.time), shown.time);
    }
    out_.values.push_back(std::move(shown));
  }

  void finish() {
    out_.count = all_.size();
    if (!all_.empty()) out_.median = typical_value(all_, averaging_);
    for (auto const& area : index_.districts) {
      auto& entry = out_.areas.emplace_back(AreaNow{area->id, area->code, area->name, std::nullopt, 0});
      auto const found = by_district_.find(area->id);
      if (found == by_district_.end()) continue;
      entry.count = found->second.size();
      entry.median = typical_value(found->second, averaging_);
    }
  }

 private:
  QuantityNow& out_;
  StationIndex const& index_;
  Averaging averaging_;
  std::vector<double> all_;
  std::unordered_map<AreaId, std::vector<double>> by_district_;
};

}  // namespace

ShownUnit shown_unit_of(StationIndex const& index, city::Datastream const& d) {
  auto const unit = index.unit_of.find(d.channel);
  auto const* ref = index.stream(d.id);
  if (ref != nullptr && unit != index.unit_of.end()) return {ref->unit, unit->second.symbol, false};
  // Not fitted, or in a unit of its own.
  auto const known = unit == index.unit_of.end() || quantity(d.channel) != nullptr ? to_quantity(d.channel, d.unit)
                                                                                    : conversion(d.unit, unit->second);
  if (!known) return {{}, d.unit.symbol, true};
  return {*known, shown_unit(d.channel, d.unit), false};
}

StationReport report_of(LatestValue const& latest, Millis interval, Instant at) {
  StationReport report;
  report.state = report_state(latest, interval, at);
  report.heard = last_alive(latest, interval);
  report.speaks = is_speaking(latest, interval, at);
  report.delivers = latest.heard != kInstantMin && at - latest.heard <= late_after(std::max(interval, latest.pace));
  report.spoke = std::max(latest.heard, latest.spoke);
  report.delivered = latest.heard;
  if (latest.id && latest.time_trusted) report.measured = latest.time;
  report.claimed = latest.claimed;
  return report;
}

void merge(StationReport& station, StationReport const& channel) {
  station.state = std::min(station.state, channel.state);
  station.heard = std::max(station.heard, channel.heard);
  station.measured = std::max(station.measured, channel.measured);
  station.spoke = std::max(station.spoke, channel.spoke);
  station.speaks = station.speaks || channel.speaks;
  station.delivers = station.delivers || channel.delivers;
  if (channel.delivered < station.delivered) return;
  // Of one message, one channel may have a time of its own that can be believed.
  bool const believed = channel.delivered == station.delivered && channel.delivered != kInstantMin && station.claimed == kInstantMin;
  station.claimed = believed ? kInstantMin : channel.claimed;
  station.delivered = channel.delivered;
}

std::span<std::string_view const> main_channels() { return kMainChannels; }

CityView::CityView(Needs needs) : needs_(std::move(needs)), directory_(needs_.city), past_(needs_.clock) {}

Result<void> CityView::seed() {
  needs_.ingest.listen([board = board_](std::span<storage::StoredObservation const> news) { board->put(news); });
  auto const all = needs_.city.datastreams(
      {.top = std::numeric_limits<std::size_t>::max(), .skip = 0, .descending = false});
  std::vector<DatastreamId> ids;
  ids.reserve(all.entities.size());
  for (auto const& d : all.entities) ids.push_back(d->id);
  MADANG_TRY(auto const newest, needs_.store.newest(ids, trusted_times()));
  MADANG_TRY(auto const whatever, needs_.store.latest(ids));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto const& [trusted, arrived] = newest[i];
    // Only where no clock can be believed the newest of a wrong one is better than nothing.
    auto const& best = trusted.id ? trusted : whatever[i];
    board_->put(std::span(&best, 1));
    if (arrived) board_->mark_heard(ids[i], *arrived);
  }
  return {};
}

void CityView::mark_spoke(ThingId thing, Instant when) {
  std::vector<DatastreamId> streams;
  for (auto const& d : needs_.city.datastreams_of(thing)) streams.push_back(d->id);
  board_->mark_spoke(streams, when);
}

StationValue CityView::shown(StreamRef const& ref, LatestValue const& latest, Instant at) {
  StationValue out{ref.thing, ref.datastream, std::nullopt, {}, QualityFlag::kMissing, report_state(latest, ref.interval, at), {}};
  bool const away = out.state == ReportState::kSilent || out.state == ReportState::kNeverHeard;
  if (away || !latest.id) return out;
  // A clock that is a little ahead makes no moment that has not come.
  out.time = std::min(latest.time, latest.arrived);
  if (latest.text != nullptr) {
    if (!latest.text->empty()) out.sent = json_of(*latest.text);
  } else if (ref.foreign_unit != nullptr) {
    out.sent = json_of(fmt::format("{} {}", latest.value, *ref.foreign_unit));
    out.flag = latest.flag;
  } else if (latest.flag == QualityFlag::kMissing || (ref.sentinels != nullptr && is_sentinel(*ref.sentinels, latest.value))) {
    out.sent = json_of(latest.value);
  } else {
    out.value = ref.unit(latest.value);
    out.flag = latest.flag;
  }
  return out;
}

Result<LatestValue> CityView::newest_before(DatastreamId stream, Instant at, Tick deadline) const {
  MADANG_TRY(auto const found, newest_trusted(needs_.store, stream, {at - kPastWindow, at + Millis{1}}, deadline));
  if (found.id) return value_of_the_past(found);
  // Silent, or never heard of: whether there is anything before.
  LatestValue out;
  MADANG_TRY(auto const older, newest_trusted(needs_.store, stream, {kInstantMin, std::max(kInstantMin, at - kPastWindow)}, deadline));
  if (older.id) out.heard = older.phenomenon_time;
  return out;
}

Result<std::vector<LatestValue>> CityView::newest(std::span<DatastreamId const> streams,
                                                  std::optional<Instant> at) const {
  if (!at) return board_->find(streams);
  std::vector<LatestValue> values;
  values.reserve(streams.size());
  auto const deadline = needs_.clock.tick() + kPastReadMax;
  for (auto const stream : streams) {
    MADANG_TRY(auto value, newest_before(stream, *at, deadline));
    values.push_back(std::move(value));
  }
  return values;
}

Result<QuantityNow> CityView::quantity(std::string_view channel, std::optional<Instant> at) const {
  auto const index = directory_.read();
  std::vector<StreamRef const*> refs;
  if (auto const* streams = index->streams(channel))
    for (auto const& ref : *streams) refs.push_back(&ref);
  for (auto const& ref : index->foreign_streams(channel)) refs.push_back(&ref);
  if (refs.empty()) {
    return runtime::refuse_field(Code::kNotFound, "property", "refusal.station.no_quantity", {{"quantity", channel.substr(0, 80)}});
  }
  std::vector<DatastreamId> ids;
  for (auto const* ref : refs) ids.push_back(ref->datastream);
  MADANG_TRY(auto const latest, newest(ids, at));
  QuantityNow out;
  out.channel = channel;
  out.at = at.value_or(needs_.clock.now());
  describe(out, needs_.city, needs_.messages, ids.front());
  auto const* info = sensing::quantity(channel);
  Tally tally(out, *index, info == nullptr ? Averaging::kArithmetic : info->averaging);
  for (std::size_t i = 0; i < ids.size(); ++i) tally.add(*refs[i], latest[i]);
  tally.finish();
  if (auto const found = index->notices_of.find(channel); found != index->notices_of.end()) out.notices = found->second;
  return out;
}

Result<std::shared_ptr<QuantityNow const>> CityView::past_quantity(std::string_view channel, Instant at) const {
  return past_.get(channel, at, stations()->version, [&] { return quantity(channel, at); });
}

std::vector<std::optional<StationReport>> CityView::reports(StationIndex const& index, Instant at) const {
  std::vector<std::optional<StationReport>> out(index.stations.size());
  std::vector<DatastreamId> ids;
  for (auto const* in_channel : index.all_streams()) {
    auto const& streams = *in_channel;
    ids.clear();
    for (auto const& ref : streams) ids.push_back(ref.datastream);
    auto const latest = board_->find(ids);
    for (std::size_t i = 0; i < streams.size(); ++i) {
      auto const& ref = streams[i];
      auto& report = out[ref.station];
      if (!report) report.emplace();
      merge(*report, report_of(latest[i], ref.interval, at));
    }
  }
  return out;
}

ReportCounts CityView::report_counts() const {
  ReportCounts counts;
  for (auto const& report : reports(*directory_.read(), needs_.clock.now()))
    if (report) counts.add(report->state);
  return counts;
}

CityNow CityView::city_now() const {
  CityNow out;
  out.identity = needs_.identity;
  out.now = needs_.clock.now();
  auto const index = directory_.read();
  out.stations = index->stations.size();
  out.simulated_stations = static_cast<std::size_t>(std::ranges::count_if(index->stations, [](auto const& s) { return s->thing->simulated; }));
  out.simulated = out.simulated_stations > 0;
  for (auto const channel : kMainChannels) {
    auto found = quantity(channel, std::nullopt);
    if (!found) continue;
    for (auto const& notice : found->notices) {
      auto const same = [&notice](city::Name const& n) { return n.by_language == notice.by_language; };
      if (std::ranges::none_of(out.notices, same)) out.notices.push_back(notice);
    }
    out.quantities.push_back(*std::move(found));
  }
  return out;
}

Result<std::shared_ptr<NowView>> NowView::start(Needs needs) {
  auto view = std::make_shared<CityView>(std::move(needs));
  MADANG_CHECK(view->seed());
  return view;
}

}  // namespace madang::sensing
