#include "sensing/import/sdot_survey.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.h"
#include "sensing/import/limits.h"
#include "sensing/import/number_text.h"
#include "sensing/import/sdot_entities.h"

namespace madang::sensing {
namespace {

constexpr std::uint32_t kRowsToJudge = 12;
constexpr double kStrayShare = 0.02;
constexpr std::size_t kUltravioletSample = 200'000;
/// No ultraviolet index measured at the ground in Korea comes near it.
constexpr double kUltravioletMax = 16;

bool often_missing(std::string_view channel) {
  return channel.starts_with("wind_") || channel.starts_with("gust_") || channel == "globe_temperature";
}

ChannelRules rules_of(std::string_view channel) {
  auto const sensor = sdot_sensor("SDOT001");
  city::Datastream stream;
  stream.channel = channel;
  return channel_rules(&sensor, stream);
}

SdotGroup& group_of(SdotSurvey& survey, Millis interval) {
  for (auto& group : survey.groups)
    if (group->interval == interval) return *group;
  survey.groups.push_back(std::make_unique<SdotGroup>());
  survey.groups.back()->interval = interval;
  return *survey.groups.back();
}

std::size_t channel_index(SdotGroup& group, std::string const& channel) {
  auto const found = std::ranges::find(group.channels, channel);
  if (found != group.channels.end()) return static_cast<std::size_t>(found - group.channels.begin());
  group.channels.push_back(channel);
  group.rules.push_back(rules_of(channel));
  return group.channels.size() - 1;
}

/// One file's first reading.
class FileSurvey {
 public:
  FileSurvey(SdotFile& file, SdotPlan& plan, Feeder& feeder) : file_(file), plan_(plan), feeder_(feeder) {}

  Result<void> run() {
    for (std::size_t rows = 0;; ++rows) {
      MADANG_TRY(auto const event, file_.next());
      if (event == SdotFile::Event::kEnd) return {};
      if (event == SdotFile::Event::kRow) take_row();
      if (rows % 512 == 0) feeder_.report_progress("looking at", plan_.path, file_.text_file().bytes_done());
    }
  }
  std::vector<double> take_ultraviolet() { return std::move(ultraviolet_); }

  /// Its hours are 1 to 12 and each day has rows of all of them, while the registration goes on to 23: a clock of twelve
  /// hours whose half of the day got lost.
  [[nodiscard]] bool has_twelve_hours() const {
    constexpr std::uint32_t kOneToTwelve = 0x1ffe;
    return hours_ == kOneToTwelve && (registered_hours_ & ~kOneToTwelve) != 0;
  }

 private:
  void take_row() {
    if (auto const hour = file_.bare_hour()) {
      hours_ |= 1U << static_cast<unsigned>(*hour);
      if ((hours_ & ~0x1ffeU) == 0)  // once another hour was seen, nothing depends on the registration
        if (auto const registered = file_.registered_hour()) registered_hours_ |= 1U << static_cast<unsigned>(*registered);
    }
    auto& stations = plan_.group->stations;
    auto found = stations.find(std::string{file_.serial()});
    if (found == stations.end()) {
      if (stations.size() >= kImportSerialsMax) return;
      found = stations.emplace(file_.serial(), SdotStation{std::string{file_.model().substr(0, kSerialBytesMax)}, {}}).first;
    }
    auto& slots = found->second.slots;
    slots.resize(plan_.group->channels.size());
    for (std::size_t i = 0; i < plan_.channel_of_column.size(); ++i) take_cell(i, slots[plan_.channel_of_column[i]]);
  }

  void take_cell(std::size_t column, SdotSlot& slot) {
    if (!file_.carries(column)) return;
    auto const channel = plan_.channel_of_column[column];
    auto const value = sdot_value(file_.cell(column), plan_.group->rules[channel]);
    slot.present = true;
    ++slot.rows;
    if (!value || !*value) return;
    ++slot.values;
    auto const& name = plan_.group->channels[channel];
    if (is_absent_code(name, **value)) ++slot.absent;
    if (name == "ultraviolet" && ultraviolet_.size() < kUltravioletSample) ultraviolet_.push_back(**value);
  }

  SdotFile& file_;
  SdotPlan& plan_;
  Feeder& feeder_;
  std::vector<double> ultraviolet_;
  std::uint32_t hours_ = 0;  ///< a bit for each that was seen
  std::uint32_t registered_hours_ = 0;
};

std::string note_of(SdotFile const& file, SdotPlan const& plan) {
  auto note = fmt::format("{}: {} layout, {}", plan.path, name_of(file.layout()), name_of(file.text_file().encoding()));
  auto const has_ultraviolet = std::ranges::any_of(
      plan.channel_of_column, [&plan](std::size_t c) { return plan.group->channels[c] == "ultraviolet"; });
  if (has_ultraviolet)
    note += plan.ultraviolet_divisor == 1 ? ", ultraviolet as index" : ", ultraviolet as index times 10";
  if (plan.twelve_hours) note += "; its clock has twelve hours, the registration tells morning from afternoon";
  if (file.rows_with_surplus() > 0) note += fmt::format("; {} rows with empty fields beyond the header", file.rows_with_surplus());
  if (file.rows_cut_short() > 0) note += fmt::format("; {} rows without their last fields, which are missing", file.rows_cut_short());
  for (auto const& more : file.header().notes) note += "; " + more;
  auto const& ignored = file.header().ignored;
  if (!ignored.empty()) {
    note += fmt::format("; {} columns not understood:", ignored.size());
    for (std::size_t i = 0; i < std::min<std::size_t>(ignored.size(), 10); ++i) note += fmt::format(" \"{}\"", ignored[i]);
  }
  return note;
}

}  // namespace

bool is_absent_code(std::string_view channel, double value) {
  return value == 0 || (channel == "globe_temperature" && value == 5);
}

bool is_fitted(std::string_view channel, SdotSlot const& slot) {
  if (slot.rows < kRowsToJudge) return true;
  if (slot.values == 0) return false;
  if (slot.values < kRowsToJudge) return true;
  double const share = often_missing(channel) ? 1 - kStrayShare : 1;
  return slot.absent < share * slot.values;
}

double ultraviolet_divisor(SdotLayout layout, std::vector<double> values) {
  double const by_layout = layout == SdotLayout::kHourly ? 10 : 1;
  std::erase_if(values, [](double v) { return v < 0; });
  if (values.size() < kRowsToJudge) return by_layout;
  std::ranges::sort(values);
  double const high = values[values.size() * 99 / 100];
  double const middle = values[values.size() / 2];
  if (high > kUltravioletMax) return 10;
  // At night the node reads 0.2: 2 in a file of tenths.
  return layout == SdotLayout::kHourly && middle < 1 ? 1 : by_layout;
}

Result<std::optional<double>> sdot_value(std::string_view cell, ChannelRules const& rules) {
  if (is_missing_text(cell)) return std::optional<double>{};
  auto const number = read_number(cell, {});
  // What a mapping could say about it is no help here: S-DoT has none.
  if (!number) return fail(Code::kInvalid, number.error().sentence.substr(0, number.error().sentence.find(';')));
  double const value = *number;
  for (double const sentinel : rules.sentinels)
    if (std::abs(value - sentinel) < 1e-6) return std::optional<double>{};
  return std::optional{value};
}

Result<SdotSurvey> survey_sdot(std::vector<std::string> const& files, Feeder& feeder) {
  SdotSurvey survey;
  for (auto const& path : files) {
    MADANG_TRY(auto const file, SdotFile::open(path));
    SdotPlan plan;
    plan.path = path;
    plan.group = &group_of(survey, interval_of(file->layout()));
    for (auto const& column : file->columns()) plan.channel_of_column.push_back(channel_index(*plan.group, column.channel));
    FileSurvey look(*file, plan, feeder);
    MADANG_CHECK(look.run());
    plan.twelve_hours = look.has_twelve_hours();
    plan.ultraviolet_divisor = ultraviolet_divisor(file->layout(), look.take_ultraviolet());
    feeder.done_with(file->text_file().bytes_total());
    feeder.summary().notes.push_back(note_of(*file, plan));
    survey.plans.push_back(std::move(plan));
  }
  for (auto& group : survey.groups)
    for (auto& [serial, station] : group->stations) {
      station.slots.resize(group->channels.size());
      for (std::size_t i = 0; i < station.slots.size(); ++i)
        station.slots[i].fitted = is_fitted(group->channels[i], station.slots[i]);
    }
  return survey;
}

}  // namespace madang::sensing
