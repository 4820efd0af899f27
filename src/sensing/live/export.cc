#include "sensing/live/export.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "core/csv.h"
#include "sensing/live/api_json.h"
#include "sensing/quality/quality.h"
#include "sensing/quantity_names.h"

namespace madang::sensing {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::array kFlags = {QualityFlag::kGood, QualityFlag::kUnknown, QualityFlag::kSuspect, QualityFlag::kFail,
                               QualityFlag::kMissing};

std::string flag_text(runtime::Messages const& messages, std::string_view language, QualityFlag flag) {
  switch (flag) {
    case QualityFlag::kGood: return messages.text(language, "quality.flag.good");
    case QualityFlag::kUnknown: return messages.text(language, "quality.flag.unknown");
    case QualityFlag::kSuspect: return messages.text(language, "quality.flag.suspect");
    case QualityFlag::kFail: return messages.text(language, "quality.flag.fail");
    case QualityFlag::kMissing: return messages.text(language, "quality.flag.missing");
  }
  return {};
}

city::Name name_of_quantity(NowView::Needs const& needs, city::Datastream const& d) {
  if (auto known = quantity_names(needs.messages, d.channel); !known.by_language.empty()) return known;
  auto const property = needs.city.observed_property(d.observed_property);
  return property == nullptr ? d.name : property->name;
}

class CsvText {
 public:
  void remark(std::string const& name, std::string_view text) {
    if (text.empty()) return;
    // A remark is one line, whatever a registry holds.
    std::string line = fmt::format("# {}: {}", name, text);
    for (auto& c : line) c = c == '\n' || c == '\r' ? ' ' : c;
    out_ += line + "\r\n";
  }
  CsvText& cell(std::string_view text) {
    if (!std::exchange(first_, false)) out_ += ',';
    append_csv_field(out_, text);
    return *this;
  }
  /// What somebody else wrote, a device say.
  CsvText& words(std::string_view text) {
    if (!std::exchange(first_, false)) out_ += ',';
    append_csv_words(out_, text);
    return *this;
  }
  CsvText& cell(double value) { return cell(fmt::format("{}", value)); }
  void end_row() {
    out_ += "\r\n";
    first_ = true;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_{kByteOrderMark};
  bool first_ = true;
};

std::string step_text(runtime::Messages const& messages, std::string_view language, Millis step) {
  if (step == Millis{0}) return messages.text(language, "export.step_single");
  auto const seconds = std::int64_t{step / std::chrono::seconds{1}};
  if (seconds % 60 != 0) return messages.text(language, "export.step_seconds", {{"count", seconds}});
  return messages.text(language, "export.step_minutes", {{"count", seconds / 60}});
}

struct Reader {
  runtime::Messages const& messages;
  std::string_view language;
  [[nodiscard]] std::string say(std::string_view key) const { return messages.text(language, key); }
};

/// What belongs to the numbers, in the reader's language; the columns below have the same names in every language, because
/// programs read them.
CsvText csv_about(About const& about, std::string_view step, Reader const& reader) {
  CsvText csv;
  csv.remark(reader.say("export.station"), fmt::format("{} ({})", about.station.in(reader.language), about.serial));
  csv.remark(reader.say("export.quantity"), fmt::format("{}, {}", about.quantity.in(reader.language), about.unit));
  csv.remark(reader.say("export.step"), step);
  csv.remark(reader.say("export.times"), fmt::format("UTC ({}: {})", reader.say("export.zone"), about.zone));
  csv.remark(reader.say("export.source"), about.source);
  csv.remark(reader.say("export.notice"), about.notice.in(reader.language));
  if (about.simulated_stations > 0) csv.remark(reader.say("export.simulated"), reader.say("simulated.long"));
  csv.remark(reader.say("export.licence"), about.licence.empty() ? reader.say("export.licence_none") : about.licence);
  return csv;
}

}  // namespace

About about_stream(CityView const& view, city::Datastream const& datastream) {
  auto const& needs = view.needs();
  About about;
  if (auto const thing = needs.city.thing(datastream.thing)) {
    about.station = thing->name;
    about.serial = thing->serial;
    about.stations = 1;
    about.simulated_stations = thing->simulated ? 1 : 0;
  }
  about.quantity = name_of_quantity(needs, datastream);
  about.unit = shown_unit_of(*view.stations(), datastream).symbol;
  about.zone = needs.identity.zone;
  about.licence = needs.identity.licence;
  if (auto const sensor = needs.city.sensor(datastream.sensor)) {
    about.source = sensor->source;
    about.notice = sensor->notice;
  }
  return about;
}

About about_quantity(CityView const& view, std::string_view channel) {
  auto const index = view.stations();
  About about;
  about.zone = view.needs().identity.zone;
  about.licence = view.needs().identity.licence;
  auto const* comparable = index->streams(channel);
  auto const& streams = comparable == nullptr ? index->foreign_streams(channel) : *comparable;
  if (streams.empty()) return about;
  std::set<std::size_t> stations;
  for (auto const& ref : streams) stations.insert(ref.station);
  about.stations = stations.size();
  about.simulated_stations = static_cast<std::size_t>(std::ranges::count_if(stations, [&](std::size_t at) { return index->stations[at]->thing->simulated; }));
  if (auto const datastream = view.needs().city.datastream(streams.front().datastream)) {
    about.quantity = name_of_quantity(view.needs(), *datastream);
    auto const* info = quantity(channel);
    about.unit = info == nullptr ? datastream->unit.symbol : std::string(info->unit_symbol);
  }
  if (auto const notices = index->notices_of.find(channel); notices != index->notices_of.end() && !notices->second.empty())
    about.notice = notices->second.front();
  if (auto const sources = index->sources_of.find(channel); sources != index->sources_of.end())
    about.source = fmt::format("{}", fmt::join(sources->second, "; "));
  return about;
}

void write_about(JsonWriter& w, About const& about) {
  w.key("about").begin_object();
  if (!about.serial.empty()) {
    w.key("station");
    write_name(w, about.station);
    w.field("serial", about.serial);
  }
  w.field("source", about.source);
  w.key("quantity");
  write_name(w, about.quantity);
  w.field("unit", about.unit).field("zone", about.zone).key("notice");
  if (about.notice.by_language.empty()) {
    w.null();
  } else {
    write_name(w, about.notice);
  }
  w.field("simulated", about.simulated_stations > 0).field("stations", about.stations).field("simulated_stations", about.simulated_stations).key("licence");
  if (about.licence.empty()) {
    w.null();
  } else {
    w.value(about.licence);
  }
  w.key("flags").begin_object();
  for (auto const flag : kFlags) w.field(std::to_string(static_cast<int>(flag)), name_of(flag));
  w.end_object().end_object();
}

std::string series_csv(SeriesAnswer const& answer, About const& about, runtime::Messages const& messages,
                       std::string_view language) {
  auto csv = csv_about(about, step_text(messages, language, answer.step), {messages, language});
  csv.cell("time").cell("end").words(fmt::format("value ({})", about.unit)).cell("min").cell("max").cell("quality");
  csv.cell("reason").cell("text").end_row();
  for (auto const& p : answer.points) {
    auto const end = answer.step == Millis{0} ? p.end : std::optional(p.time + answer.step);
    csv.cell(format_instant(p.time)).cell(end ? format_instant(*end) : std::string{});
    bool const measured = p.flag != QualityFlag::kMissing;
    for (auto const number : {p.value, p.min, p.max}) {
      if (measured) {
        csv.cell(rounded(number, answer.decimals));
      } else {
        csv.cell("");
      }
    }
    // Where words are what is read, one is no missing value; nobody judges it.
    bool const is_word = answer.takes_words && !p.text.empty();
    csv.cell(flag_text(messages, language, is_word ? QualityFlag::kUnknown : p.flag));
    csv.cell(is_word ? std::string{} : quality_sentence(messages, language, answer.channel, p.value, p.quality));
    csv.words(p.text).end_row();
  }
  return csv.take();
}

std::string calendar_series_csv(CalendarSeries const& answer, About const& about, runtime::Messages const& messages,
                                std::string_view language) {
  static constexpr std::array kSteps{"export.step_hour", "export.step_day", "export.step_month"};
  auto const step = messages.text(language, kSteps[static_cast<std::size_t>(answer.by)]);
  auto csv = csv_about(about, step, {messages, language});
  csv.cell("time").cell("end").cell(fmt::format("value ({})", about.unit)).cell("min").cell("max").cell("count");
  csv.cell("good").end_row();
  for (auto const& p : answer.points) {
    csv.cell(format_instant(p.when.from)).cell(format_instant(p.when.to)).cell(rounded(p.mean, answer.decimals));
    csv.cell(rounded(p.min, answer.decimals)).cell(rounded(p.max, answer.decimals));
    csv.cell(std::to_string(p.count)).cell(std::to_string(p.good)).end_row();
  }
  return csv.take();
}

}  // namespace madang::sensing
