// The second reading of S-DoT files: stations into the registry, then every value into the store.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/text.h"
#include "sensing/import/import.h"
#include "sensing/import/limits.h"
#include "sensing/import/positions.h"
#include "sensing/import/sdot_entities.h"
#include "sensing/import/sdot_survey.h"
#include "sensing/import/stream_unit.h"

namespace madang::sensing {
namespace {

class SdotImport {
 public:
  SdotImport(ImportTarget& target, SdotOptions const& options)
      : target_(target), options_(options), feeder_(target, options.import, {options.positions_file}) {}

  Result<ImportSummary> run() {
    MADANG_CHECK(expect_files());
    if (!options_.positions_file.empty()) {
      MADANG_TRY(positions_, read_positions(options_.positions_file, feeder_));
    }
    MADANG_TRY(survey_, survey_sdot(options_.import.files, feeder_));
    for (auto& group : survey_.groups) MADANG_CHECK(register_stations(*group));
    for (auto const& plan : survey_.plans) MADANG_CHECK(store_file(plan));
    feeder_.summary().files = survey_.plans.size();
    return feeder_.finish();
  }

 private:
  Result<void> expect_files() {
    if (options_.import.files.empty()) return fail(Code::kInvalid, "no file to import");
    for (auto const& path : options_.import.files) {
      MADANG_TRY(auto const file, TextFile::open(path));
      feeder_.expect(2 * file->bytes_total());
    }
    return {};
  }

  Result<void> register_stations(SdotGroup& group) {
    std::vector<std::string> serials;
    serials.reserve(group.stations.size());
    for (auto const& [serial, station] : group.stations) serials.push_back(serial);
    std::ranges::sort(serials);
    std::vector<city::NewThing> fresh;
    for (auto const& serial : serials) {
      auto& station = group.stations.at(serial);
      MADANG_TRY(auto const known, target_.find(serial));
      if (known) {
        MADANG_CHECK(complete(serial, *known, group, station));
        continue;
      }
      fresh.push_back(new_thing(serial, group, station));
      if (fresh.size() == kImportThingsMax) MADANG_CHECK(add_things(fresh));
    }
    MADANG_CHECK(add_things(fresh));
    for (auto const& serial : serials) MADANG_CHECK(link(serial, group));
    return {};
  }

  Result<void> add_things(std::vector<city::NewThing>& fresh) {
    if (fresh.empty()) return {};
    for (auto const& thing : fresh) {
      made_here_.insert(thing.thing.serial);
      feeder_.summary().datastreams_new += thing.datastreams.size();
      if (thing.locations.empty()) ++feeder_.summary().without_position;
    }
    feeder_.summary().things_new += fresh.size();
    MADANG_CHECK(target_.add_things(std::move(fresh)));
    fresh.clear();
    return {};
  }

  city::NewThing new_thing(std::string const& serial, SdotGroup const& group, SdotStation const& station) {
    city::NewThing made;
    made.thing = sdot_thing(serial);
    if (auto const at = positions_.find(serial); at != positions_.end())
      made.locations.push_back(location_at(at->second, serial));
    for (std::size_t i = 0; i < station.slots.size(); ++i)
      if (station.slots[i].present)
        made.datastreams.push_back(new_stream(group, station, i, stream_name({}, group, i)));
    return made;
  }

  city::NewDatastream new_stream(SdotGroup const& group, SdotStation const& station, std::size_t i,
                                 std::string const& name) {
    return sdot_datastream(sensor_of(station.model), group.channels[i], name, group.interval,
                           station.slots[i].fitted || options_.keep_all);
  }

  city::Sensor const& sensor_of(std::string const& model) {
    auto found = sensors_.find(model);
    if (found == sensors_.end()) found = sensors_.emplace(model, sdot_sensor(model)).first;
    return found->second;
  }

  /// Means of a day have Datastreams of their own, so that they never supersede the hour that starts with them. The
  /// plain channel belongs to the values of whatever finer interval came first.
  static std::string stream_name(ImportTarget::KnownThing const& known, SdotGroup const& group, std::size_t i) {
    auto const& base = group.channels[i];
    auto suffixed = base + std::string{interval_suffix(group.interval)};
    if (group.interval >= std::chrono::hours{24}) return suffixed;
    auto const plain = std::ranges::find(known.streams, base, &ImportTarget::KnownStream::channel);
    bool const ours = plain == known.streams.end() || plain->interval == group.interval || plain->interval == Millis{0};
    return ours ? base : suffixed;
  }

  /// Gives a known Thing what it lacks: Datastreams, and a Location when its position is known by now.
  Result<void> complete(std::string const& serial, ImportTarget::KnownThing const& known, SdotGroup const& group,
                        SdotStation const& station) {
    if (!made_here_.contains(serial) && seen_known_.insert(serial).second) ++feeder_.summary().things_known;
    if (!known.located && !made_here_.contains(serial)) {
      auto const at = positions_.find(serial);
      if (at == positions_.end())
        ++feeder_.summary().without_position;
      else
        MADANG_CHECK(target_.add_location(known.id, location_at(at->second, serial)));
    }
    for (std::size_t i = 0; i < station.slots.size(); ++i) {
      if (!station.slots[i].present) continue;
      auto const name = stream_name(known, group, i);
      if (std::ranges::find(known.streams, name, &ImportTarget::KnownStream::channel) != known.streams.end()) continue;
      MADANG_CHECK(target_.add_datastream(known.id, new_stream(group, station, i, name)));
      ++feeder_.summary().datastreams_new;
    }
    return {};
  }

  /// Finds the Datastream of every slot.
  Result<void> link(std::string const& serial, SdotGroup& group) {
    MADANG_TRY(auto const known, target_.find(serial));
    if (!known) return fail(Code::kInternal, fmt::format("the Thing \"{}\" is gone while it is imported", serial));
    auto& station = group.stations.at(serial);
    for (std::size_t i = 0; i < station.slots.size(); ++i) {
      auto& slot = station.slots[i];
      if (!slot.present) continue;
      auto const stream = std::ranges::find(known->streams, stream_name(*known, group, i), &ImportTarget::KnownStream::channel);
      if (stream == known->streams.end())
        return fail(Code::kInternal, fmt::format("the Thing \"{}\" has no channel \"{}\"", serial, group.channels[i]));
      slot.datastream = stream->id;
      auto const unit = conversion_to(*stream, unit_of_channel(group.channels[i]), serial);
      slot.unit = unit.value_or(UnitConversion{});
      if (!unit) slot.unfit = unit.error().sentence;
      // Too few rows to judge by: the registry knows from an earlier import.
      if (!stream->fitted && slot.absent == slot.values) slot.fitted = false;
      if (!slot.fitted) ++feeder_.summary().channels_not_fitted;
    }
    return {};
  }

  /// In which S-DoT publishes it.
  static city::Unit unit_of_channel(std::string_view channel) {
    auto const* info = sdot_quantity(channel);
    return info == nullptr ? city::Unit{} : city::Unit{std::string{info->unit_name}, std::string{info->unit_symbol}, std::string{info->unit_definition}};
  }

  Result<void> store_file(SdotPlan const& plan) {
    MADANG_TRY(auto const file, SdotFile::open(plan.path));
    if (file->columns().size() != plan.channel_of_column.size())
      return fail(Code::kInvalid, fmt::format("{}: the file changed while it was read", plan.path));
    if (plan.twelve_hours) file->set_twelve_hours();
    for (std::size_t rows = 0;; ++rows) {
      MADANG_TRY(auto const event, file->next());
      if (event == SdotFile::Event::kEnd) break;
      if (event == SdotFile::Event::kRow)
        MADANG_CHECK(store_row(plan, *file));
      else
        MADANG_CHECK(feeder_.reject_row(plan.path, file->reject().at, file->reject().reason, file->reject().text));
      if (rows % 512 == 0) feeder_.report_progress("storing", plan.path, file->text_file().bytes_done());
    }
    feeder_.done_with(file->text_file().bytes_total());
    return {};
  }

  Result<void> store_row(SdotPlan const& plan, SdotFile const& file) {
    auto const station = plan.group->stations.find(std::string{file.serial()});
    if (station == plan.group->stations.end())
      return feeder_.reject_row(plan.path, file.position(0), fmt::format("more than {} stations", kImportSerialsMax), file.text());
    ++feeder_.summary().rows;
    for (std::size_t i = 0; i < plan.channel_of_column.size(); ++i)
      MADANG_CHECK(store_cell(plan, file, i, station->second.slots[plan.channel_of_column[i]]));
    return {};
  }

  Result<void> store_cell(SdotPlan const& plan, SdotFile const& file, std::size_t i, SdotSlot const& slot) {
    auto const channel = plan.channel_of_column[i];
    auto const& rules = plan.group->rules[channel];
    if (!file.carries(i)) return {};
    auto& summary = feeder_.summary();
    ++summary.values;
    auto const value = sdot_value(file.cell(i), rules);
    if (!value) {
      auto const reason = fmt::format("{}: {}", file.columns()[i].header, value.error().sentence);
      return feeder_.reject_value(plan.path, file.position(i), reason, file.text());
    }
    auto const number = *value || !options_.keep_all ? *value : parse_double(file.cell(i));
    if (!number || !(slot.fitted || options_.keep_all)) {
      ++(number ? summary.not_fitted : summary.missing);
      return {};
    }
    if (!slot.unfit.empty()) {
      return feeder_.reject_value(plan.path, file.position(i), slot.unfit, file.text());
    }
    bool const ultraviolet = plan.group->channels[channel] == "ultraviolet";
    storage::Observation observation;
    observation.datastream = slot.datastream;
    observation.phenomenon_time = file.time();
    // A number that means "no value" is kept as it was sent.
    double const published = ultraviolet ? *number / plan.ultraviolet_divisor : *number;
    observation.value = *value ? file.columns()[i].unit(published) : published;
    observation.received_at = feeder_.received_at();
    observation.quality = *value ? judge(rules, observation.value, observation.phenomenon_time, observation.received_at)
                                 : opinion(QualityFlag::kMissing, QualityTest::kSentinel);
    if (observation.quality.flag != QualityFlag::kMissing) observation.value = slot.unit(observation.value);
    return feeder_.add(observation);
  }

  ImportTarget& target_;
  SdotOptions const& options_;
  Feeder feeder_;
  Positions positions_;
  SdotSurvey survey_;
  std::unordered_map<std::string, city::Sensor> sensors_;
  std::set<std::string> made_here_;
  std::set<std::string> seen_known_;
};

}  // namespace

Result<ImportSummary> import_sdot(ImportTarget& target, SdotOptions const& options) {
  return SdotImport(target, options).run();
}

}  // namespace madang::sensing
