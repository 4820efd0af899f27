#include "sensing/indices/city_indices.h"

#include <algorithm>
#include <map>

#include "core/json_input.h"
#include "runtime/mutex.h"
#include "sensing/indices/station_hours.h"
#include "sensing/limits.h"
#include "sensing/live/city_view.h"
#include "sensing/rules.h"
#include "sensing/thing_properties.h"

namespace madang::sensing::indices {
namespace {

using MiddleByArea = std::map<AreaId, HourlyMeans>;

NoiseZone zone_of(city::Thing const& thing, NoiseZone usual) {
  auto const name = text_property(thing, "noiseZone");
  return name ? noise_zone_named(*name).value_or(usual) : usual;
}

template <typename Q>
Hours<Q> typed(MiddleByArea const& middles, AreaId area) {
  Hours<Q> hours;
  auto const found = middles.find(area);
  if (found == middles.end()) return hours;
  for (auto const& mean : found->second) hours.push_back(mean ? std::optional<Q>{Q{*mean}} : std::nullopt);
  return hours;
}

/// One computation over one state of the registry.
class Computation {
 public:
  Computation(IndicesView::Needs const& needs, Calendar const& calendar, CityView const& view)
      : needs_(needs), calendar_(calendar), view_(view), index_(view.stations()) {}

  Result<std::shared_ptr<CityIndices const>> run() {
    out_.identity = needs_.identity;
    out_.now = needs_.clock.now();
    out_.settings = needs_.settings;
    auto const running = calendar_.hour(out_.now);
    out_.hour = calendar_.hour(running.from - Millis{1});
    auto const simulated = [](auto const& s) { return s->thing->simulated; };
    out_.simulated = std::ranges::any_of(index_->stations, simulated);
    out_.city.name = out_.identity.name;
    for (auto const& district : index_->districts)
      out_.areas.push_back({district->id, district->code, district->name, {}, {}, {}});
    MADANG_CHECK(add_air());
    MADANG_CHECK(add_noise());
    MADANG_CHECK(add_heat());
    MADANG_CHECK(add_advisory());
    MADANG_CHECK(add_crowds());
    return std::make_shared<CityIndices const>(std::move(out_));
  }

 private:
  template <typename Do>
  void for_each_place(Do const& act) {
    act(out_.city);
    for (auto& area : out_.areas) act(area);
  }

  Result<void> add_air() {
    if (needs_.settings.air == AirScale::kNone) return {};
    Interval const when{out_.hour.to - kHoursMax * std::chrono::hours{1}, out_.hour.to};
    std::array<MiddleByArea, kPollutants> middles;
    out_.official = true;
    for (std::size_t i = 0; i < kPollutants; ++i) {
      auto const channel = channel_of(static_cast<Pollutant>(i));
      MADANG_TRY(auto const stations, read_station_hours(needs_.store, *index_, channel, when));
      middles[i] = middle_by_area(*index_, stations);
      add_sources(channel);
    }
    auto const of = [&middles](Pollutant p) -> MiddleByArea const& { return middles[static_cast<std::size_t>(p)]; };
    for_each_place([&](PlaceIndices& place) {
      AirHistory const history{typed<MassDensity>(of(Pollutant::kPm25), place.area),
                               typed<MassDensity>(of(Pollutant::kPm10), place.area),
                               typed<MoleFraction>(of(Pollutant::kO3), place.area),
                               typed<MoleFraction>(of(Pollutant::kNo2), place.area),
                               typed<MoleFraction>(of(Pollutant::kSo2), place.area),
                               typed<MoleFraction>(of(Pollutant::kCo), place.area)};
      place.air = air_index(needs_.settings.air, history);
    });
    return {};
  }

  /// What must be said beside a number of this channel.
  void add_sources(std::string_view channel) {
    auto const* streams = index_->streams(channel);
    if (streams == nullptr) return;
    for (auto const& ref : *streams) {
      auto const datastream = needs_.city.datastream(ref.datastream);
      auto const sensor = datastream == nullptr ? nullptr : needs_.city.sensor(datastream->sensor);
      bool const reference = sensor != nullptr && sensor->measurement_class == city::MeasurementClass::kReference;
      out_.official = out_.official && reference;
    }
    auto const notices = index_->notices_of.find(channel);
    if (notices == index_->notices_of.end()) return;
    for (auto const& notice : notices->second)
      if (std::ranges::find(out_.notices, notice) == out_.notices.end()) out_.notices.push_back(notice);
  }

  Result<void> add_noise() {
    out_.part = day_part(calendar_.wall_time(out_.hour.from).hour);
    out_.noise_limit = noise_standard(needs_.settings.noise_zone, out_.part);
    Interval const when{out_.hour.to - std::chrono::hours{1}, out_.hour.to};
    MADANG_TRY(auto const stations, read_station_hours(needs_.store, *index_, "noise", when));
    auto const middles = middle_by_area(*index_, stations);
    for_each_place([&](PlaceIndices& place) {
      auto const middle = middles.find(place.area);
      if (middle == middles.end() || !middle->second.front()) return;
      NoiseNow noise{SoundLevel{*middle->second.front()}, 0, 0};
      for (auto const& s : stations) {
        auto const& station = *index_->stations[s.ref->station];
        if (!s.hours.front() || (place.area && station.district != place.area)) continue;
        ++noise.stations;
        auto const limit = noise_standard(zone_of(*station.thing, needs_.settings.noise_zone), out_.part);
        if (SoundLevel{*s.hours.front()} > limit) ++noise.above;
      }
      place.noise = noise;
    });
    return {};
  }

  /// From the same medians that the page shows beside it.
  Result<void> add_heat() {
    auto const temperature = view_.quantity("temperature", std::nullopt);
    auto const humidity = view_.quantity("humidity", std::nullopt);
    if (!temperature || !humidity) return {};
    for_each_place([&](PlaceIndices& place) {
      auto const of = [&place](QuantityNow const& q) {
        if (!place.area) return q.median;
        auto const area = std::ranges::find(q.areas, place.area, &AreaNow::area);
        return area == q.areas.end() ? std::optional<double>{} : area->median;
      };
      auto const air = of(*temperature);
      auto const damp = of(*humidity);
      if (!air || !damp) return;
      auto const perceived = perceived_temperature(Temperature{*air}, RelativeHumidity{*damp});
      if (perceived) place.heat = HeatNow{*perceived, heat_level(perceived)};
    });
    return {};
  }

  /// Daily maxima of yesterday and today, from hourly middles of the whole city.
  Result<void> add_advisory() {
    auto const today = calendar_.day(out_.now);
    auto const yesterday = calendar_.day(today.from - Millis{1});
    Interval const when{yesterday.from, out_.hour.to};
    MADANG_TRY(auto const warm, read_station_hours(needs_.store, *index_, "temperature", when));
    MADANG_TRY(auto const damp, read_station_hours(needs_.store, *index_, "humidity", when));
    auto const air = typed<Temperature>(middle_by_area(*index_, warm), AreaId{});
    auto const humidity = typed<RelativeHumidity>(middle_by_area(*index_, damp), AreaId{});
    std::array<std::optional<Temperature>, kAdvisedDays> maxima;
    for (std::size_t i = 0; i < std::min(air.size(), humidity.size()); ++i) {
      if (!air[i] || !humidity[i]) continue;
      auto const perceived = perceived_temperature(*air[i], *humidity[i]);
      auto const hour = when.from + static_cast<std::int64_t>(i) * std::chrono::hours{1};
      auto& maximum = maxima[hour < today.from ? 0 : 1];
      if (perceived) maximum = std::max(maximum.value_or(*perceived), *perceived);
    }
    if (maxima[0] && maxima[1]) out_.advisory = heat_advisory(std::array{*maxima[0], *maxima[1]});
    return {};
  }

  Result<void> add_crowds() {
    auto const* streams = index_->streams("people");
    if (streams == nullptr || streams->empty()) return {};
    out_.crowds_simulated = std::ranges::all_of(*streams, [this](auto const& ref) { return index_->stations[ref.station]->thing->simulated; });
    Interval const when{out_.now - kCrowdWindow, out_.now + Millis{1}};
    for (auto const& ref : *streams) {
      auto const& thing = *index_->stations[ref.station]->thing;
      // Beside real counters an exercise says nothing of where people are.
      if (thing.simulated && !out_.crowds_simulated) continue;
      auto const area = crowd_area(thing);
      if (!area || out_.crowds.size() >= kCrowdPlacesMax) continue;
      storage::ReadOptions const all{.limit = kCrowdSamplesMax, .skip = 0, .descending = false, .with_details = false};
      MADANG_TRY(auto const observations, needs_.store.read(ref.datastream, when, all));
      std::vector<CrowdSample> samples;
      for (auto const& o : observations)
        if (counts(o.quality.flag)) samples.push_back({o.phenomenon_time, *crowd_density(o.value, *area)});
      if (samples.empty()) continue;
      out_.crowds.push_back({thing.id, thing.name, samples.back().density, samples.back().time, crowd_state(needs_.settings.crowd, samples)});
    }
    std::ranges::stable_sort(out_.crowds, std::ranges::greater{}, &CrowdNow::density);
    return {};
  }

  static constexpr std::size_t kAdvisedDays = 2;

  IndicesView::Needs const& needs_;
  Calendar const& calendar_;
  CityView const& view_;
  std::shared_ptr<StationIndex const> index_;
  CityIndices out_;
};

class View final : public IndicesView {
 public:
  View(Needs needs, Calendar calendar, std::shared_ptr<CityView> view)
      : needs_(std::move(needs)), calendar_(calendar), view_(std::move(view)), changes_(needs_.city) {}

  Result<std::shared_ptr<CityIndices const>> read() override {
    runtime::Lock const lock(mutex_);
    auto const now = needs_.clock.now();
    bool const recent = last_ != nullptr && now >= last_->now && now - last_->now < kIndicesAgeMax &&
                        now < last_->hour.to + std::chrono::hours{1};
    if (!changes_.is_current() && is_of_weight(changes_.read())) last_.reset();
    if (last_ != nullptr && recent) return last_;
    last_.reset();
    MADANG_TRY(last_, Computation(needs_, calendar_, *view_).run());
    return last_;
  }

 private:
  /// Who is registered has no hour yet that could count: a city that grows all day is computed once a minute all the same.
  static bool is_of_weight(city::Changes const& changes) {
    auto const weighs = [](city::Change const& c) { return c.act != city::Act::kMade || c.kind == city::EntryKind::kArea; };
    return changes.read_all_anew || std::ranges::any_of(changes.changes, weighs);
  }

  Needs needs_;
  Calendar calendar_;
  std::shared_ptr<CityView> view_;
  runtime::Mutex mutex_;
  city::ChangeReader changes_ MADANG_GUARDED_BY(mutex_);
  std::shared_ptr<CityIndices const> last_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace

Result<std::unique_ptr<IndicesView>> IndicesView::start(Needs needs) {
  MADANG_TRY(auto const calendar, Calendar::of_zone(needs.identity.zone));
  auto view = std::dynamic_pointer_cast<CityView>(needs.now);
  MADANG_ASSERT(view != nullptr);
  return std::make_unique<View>(std::move(needs), calendar, std::move(view));
}

}  // namespace madang::sensing::indices
