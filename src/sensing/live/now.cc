#include "sensing/live/now.h"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

#include "sensing/limits.h"
#include "sensing/live/city_view.h"
#include "sensing/quantities.h"
#include "sensing/rules.h"
#include "sensing/sensing.h"

namespace madang::sensing {
namespace {

constexpr std::array<std::string_view, 6> kPageChannels = {"pm25", "pm10", "noise", "temperature", "humidity", "people"};

Millis past_window(Millis interval) {
  return interval >= std::chrono::hours{24} ? kPastWindowDaily : kPastWindow;
}

/// Name, unit and scale: from the table of known quantities, else from the registry.
void describe(QuantityNow& q, city::City const& city, DatastreamId example) {
  if (auto const* info = quantity(q.channel)) {
    q.name.by_language = {{"en", std::string(info->name_en)}, {"ko", std::string(info->name_ko)}};
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

/// Sorts values into Areas and counts freshness.
class Tally {
 public:
  Tally(QuantityNow& out, StationIndex const& index, Averaging averaging)
      : out_(out), index_(index), averaging_(averaging) {}

  void add(StreamRef const& ref, LatestValue const& latest) {
    auto const& station = index_.stations[ref.station];
    ++out_.freshness.stations;
    out_.simulated = out_.simulated || station.thing->simulated;
    auto const age = out_.at - latest.time;
    if (!latest.id || age > kSilentAfter) {
      ++out_.freshness.silent;
      return;
    }
    bool const fresh = age <= kFreshIntervals * ref.interval;
    ++(fresh ? out_.freshness.fresh : out_.freshness.stale);
    out_.values.push_back({ref.thing, ref.datastream, latest.value, latest.time, latest.flag, fresh});
    if (!fresh || !counts(latest.flag)) return;
    all_.push_back(latest.value);
    by_district_[station.district].push_back(latest.value);
    out_.time = std::max(out_.time.value_or(latest.time), latest.time);
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

CityView::CityView(Needs needs) : needs_(std::move(needs)), directory_(needs_.city) {}

Result<void> CityView::seed() {
  needs_.ingest.listen([board = board_](std::span<storage::StoredObservation const> news) { board->put(news); });
  auto const all = needs_.city.datastreams(
      {.top = std::numeric_limits<std::size_t>::max(), .skip = 0, .descending = false});
  std::vector<DatastreamId> ids;
  ids.reserve(all.entities.size());
  for (auto const& d : all.entities) ids.push_back(d->id);
  MADANG_TRY(auto const newest, needs_.store.latest(ids));
  board_->put(newest);
  return {};
}

Result<std::vector<LatestValue>> CityView::newest(std::span<DatastreamId const> streams,
                                                  std::span<Millis const> intervals, std::optional<Instant> at) const {
  if (!at) return board_->find(streams);
  std::vector<LatestValue> values(streams.size());
  for (std::size_t i = 0; i < streams.size(); ++i) {
    Interval const window{*at - past_window(intervals[i]), *at + Millis{1}};
    storage::ReadOptions const one{.limit = 1, .skip = 0, .descending = true, .with_details = false};
    MADANG_TRY(auto const found, needs_.store.read(streams[i], window, one));
    if (!found.empty()) {
      values[i] = {found[0].value, found[0].phenomenon_time, found[0].id, found[0].quality.flag};
    }
  }
  return values;
}

Result<QuantityNow> CityView::quantity(std::string_view channel, std::optional<Instant> at) const {
  auto const index = directory_.read();
  auto const* streams = index->streams(channel);
  if (streams == nullptr) {
    return fail(Code::kNotFound, "property: no station measures \"" + std::string(channel.substr(0, 80)) + "\"");
  }
  std::vector<DatastreamId> ids;
  std::vector<Millis> intervals;
  for (auto const& ref : *streams) {
    ids.push_back(ref.datastream);
    intervals.push_back(ref.interval);
  }
  MADANG_TRY(auto const latest, newest(ids, intervals, at));
  QuantityNow out;
  out.channel = channel;
  out.at = at.value_or(needs_.clock.now());
  describe(out, needs_.city, ids.front());
  auto const* info = sensing::quantity(channel);
  Tally tally(out, *index, info == nullptr ? Averaging::kArithmetic : info->averaging);
  for (std::size_t i = 0; i < ids.size(); ++i) tally.add((*streams)[i], latest[i]);
  tally.finish();
  if (auto const found = index->notices_of.find(channel); found != index->notices_of.end()) out.notices = found->second;
  return out;
}

CityNow CityView::city_now() const {
  CityNow out;
  out.identity = needs_.identity;
  out.now = needs_.clock.now();
  auto const index = directory_.read();
  auto const simulated = [](Station const& s) { return s.thing->simulated; };
  out.simulated = std::ranges::any_of(index->stations, simulated);
  for (auto const channel : kPageChannels) {
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
