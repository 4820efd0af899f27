#include "sensing/import/sdot_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.h"
#include "sensing/import/number_text.h"
#include "sensing/import/sdot_entities.h"

namespace madang::sensing {
namespace {

struct Word {
  std::string_view header;  ///< without spaces, unit, "average"
  std::string_view channel;
};

// Korean names of the 2020 files and of the weekly files, and the fields of the open API's service IotVdata017.
constexpr std::array kColumnWords{
    Word{"초미세먼지", "pm25"},      Word{"pm25", "pm25"},           Word{"pm2.5", "pm25"},
    Word{"초미세먼지보정", "pm25_corrected"}, Word{"pm25보정", "pm25_corrected"}, Word{"미세먼지", "pm10"},
    Word{"pm10", "pm10"},            Word{"미세먼지보정", "pm10_corrected"}, Word{"pm10보정", "pm10_corrected"},
    Word{"기온", "temperature"},     Word{"온도", "temperature"},    Word{"tp", "temperature"},
    Word{"상대습도", "humidity"},    Word{"습도", "humidity"},       Word{"hum", "humidity"},
    Word{"풍향", "wind_direction"},  Word{"wd", "wind_direction"},   Word{"풍속", "wind_speed"},
    Word{"wspd", "wind_speed"},      Word{"돌풍풍향", "gust_direction"}, Word{"돌풍풍속", "gust_speed"},
    Word{"조도", "illuminance"},     Word{"inillu", "illuminance"},  Word{"자외선", "ultraviolet"},
    Word{"uv", "ultraviolet"},       Word{"소음", "noise"},          Word{"nis", "noise"},
    Word{"진동(x)", "vibration_x"},  Word{"진동(y)", "vibration_y"}, Word{"진동(z)", "vibration_z"},
    Word{"진동_x", "vibration_x"},   Word{"진동_y", "vibration_y"},  Word{"진동_z", "vibration_z"},
    Word{"진동x", "vibration_x"},    Word{"진동y", "vibration_y"},   Word{"진동z", "vibration_z"},
    Word{"vibr_xcrd", "vibration_x"}, Word{"vibr_ycrd", "vibration_y"}, Word{"vibr_zcrd", "vibration_z"},
    Word{"흑구온도", "globe_temperature"}, Word{"gt", "globe_temperature"},
    Word{"이산화질소", "no2"},       Word{"ntdx", "no2"},            Word{"일산화탄소", "co"},
    Word{"cbmx", "co"},              Word{"이산화황", "so2"},        Word{"아황산가스", "so2"},
    Word{"so", "so2"},               Word{"암모니아", "nh3"},        Word{"nh3", "nh3"},
    Word{"황화수소", "h2s"},         Word{"h2s", "h2s"},             Word{"오존", "o3"},
    Word{"ozon", "o3"},
};
// Some published files head the NO2 column "이산화탄소" (carbon dioxide); no S-DoT node measures CO2.
constexpr std::string_view kMistakenNo2 = "이산화탄소";

constexpr std::array<std::string_view, 5> kSerial{"시리얼", "시리얼번호", "sn", "serial", "serial_no"};
constexpr std::array<std::string_view, 4> kModel{"모델명", "모델번호", "mdl_no", "model"};
constexpr std::array<std::string_view, 2> kDate{"date", "일자"};
constexpr std::array<std::string_view, 2> kHourColumn{"hour", "시간"};
constexpr std::array<std::string_view, 4> kTime{"측정시간", "측정일시", "msrmt_hr", "sensing_time"};
/// Some weekly files have it instead of the time of measurement.
constexpr std::array<std::string_view, 4> kSent{"전송시간", "전송일시", "data_no_dt", "trsm_hr"};
constexpr std::array<std::string_view, 3> kRegistered{"등록일시", "등록일자", "reg_dt"};
constexpr std::array<std::string_view, 9> kKnownOther{"구분", "지역", "rgn", "자치구", "cgg", "행정동", "dong", "no", "기관명"};

void take_out(std::string& text, std::string_view word) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word)) text.erase(at, word.size());
}

bool take_out_any(std::string& text, std::span<std::string_view const> words) {
  auto const before = text.size();
  for (auto const word : words) take_out(text, word);
  return text.size() != before;
}

/// Lower case, without spaces and without what stands in brackets (a unit), unless it is an axis.
std::string plain_header(std::string_view header) {
  std::string out;
  for (std::size_t i = 0; i < header.size(); ++i) {
    char const c = header[i];
    if (c == ' ' || c == '\t' || c == '"') continue;
    if (c == '(') {
      auto const close = header.find(')', i);
      auto const inside = header.substr(i + 1, close == std::string_view::npos ? close : close - i - 1);
      bool const axis = inside == "x" || inside == "y" || inside == "z";
      if (!axis) {
        if (close == std::string_view::npos) break;
        i = close;
        continue;
      }
    }
    out += ascii_lower(c);
  }
  return out;
}

/// "℃" of "온도 최대(℃)": the last brackets, where they hold a unit.
std::string_view unit_of(std::string_view header) {
  auto const open = header.rfind('(');
  auto const close = open == std::string_view::npos ? open : header.find(')', open);
  if (close == std::string_view::npos) return {};
  auto const inside = header.substr(open + 1, close - open - 1);
  return is_known_unit(inside) ? inside : std::string_view{};
}

/// Takes the word for average, largest or smallest out; "", "_max" or "_min".
std::string_view take_statistic(std::string& name) {
  constexpr std::array<std::string_view, 2> kMean{"평균", "avg"};
  constexpr std::array<std::string_view, 3> kMax{"최대", "최댓값", "max"};
  constexpr std::array<std::string_view, 3> kMin{"최소", "최솟값", "min"};
  take_out_any(name, kMean);
  std::string_view const statistic = take_out_any(name, kMax) ? "_max" : take_out_any(name, kMin) ? "_min" : "";
  while (name.starts_with('_')) name.erase(0, 1);
  while (name.ends_with('_')) name.pop_back();
  return statistic;
}

bool is_one_of(std::string_view name, std::span<std::string_view const> words) {
  return std::ranges::find(words, name) != words.end();
}

/// Puts `index` into the first place that the header names; false when it is a value or unknown.
bool take_place(SdotHeader& out, std::optional<std::size_t>& sent, std::string_view name, std::size_t index) {
  struct Place {
    std::span<std::string_view const> words;
    std::optional<std::size_t>& into;
  };
  std::array<std::string_view, 1> const packet{"packet"};
  std::array<Place, 8> const places{{{kSerial, out.serial}, {kModel, out.model}, {kDate, out.date}, {kHourColumn, out.hour},
                                     {kTime, out.time}, {packet, out.packet}, {kSent, sent}, {kRegistered, out.registered}}};
  for (auto const& [words, into] : places) {
    if (!is_one_of(name, words)) continue;
    if (!into) into = index;
    return true;
  }
  return is_one_of(name, kKnownOther);
}

}  // namespace

std::optional<std::string> sdot_channel_of(std::string_view header) {
  std::string name = plain_header(header);
  auto const statistic = take_statistic(name);
  auto const word = std::ranges::find(kColumnWords, std::string_view{name}, &Word::header);
  if (word == kColumnWords.end()) return std::nullopt;
  return std::string{word->channel} + std::string{statistic};
}

Result<SdotHeader> read_sdot_header(std::span<std::string_view const> fields) {
  SdotHeader out;
  std::optional<std::size_t> sent;
  std::vector<SdotColumn> mistaken;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    std::string header{bare(fields[i])};
    if (!header.empty()) out.fields = i + 1;
    auto const name = plain_header(header);
    if (take_place(out, sent, name, i)) continue;
    if (auto channel = sdot_channel_of(header)) {
      out.values.push_back({i, *std::move(channel), std::move(header)});
    } else if (name.starts_with(kMistakenNo2) || name.ends_with(kMistakenNo2)) {
      std::string rest = name;
      take_out(rest, kMistakenNo2);
      mistaken.push_back({i, "no2" + std::string{take_statistic(rest)}, std::move(header)});
    } else if (!header.empty()) {
      out.ignored.push_back(std::move(header));
    }
  }
  for (auto& column : mistaken) {
    bool const there = std::ranges::find(out.values, column.channel, &SdotColumn::channel) != out.values.end();
    out.notes.push_back(fmt::format("column \"{}\" {}", column.header,
                                    there ? "is left out: NO2 has a column of its own" : "is read as NO2"));
    if (!there) out.values.push_back(std::move(column));
  }
  std::vector<SdotColumn> once;
  for (auto& column : out.values) {
    if (std::ranges::find(once, column.channel, &SdotColumn::channel) == once.end())
      once.push_back(std::move(column));
    else
      out.notes.push_back(fmt::format("column \"{}\" is left out: {} comes twice", column.header, column.channel));
  }
  std::erase_if(once, [&out](SdotColumn& column) {
    auto const unit = unit_of(column.header);
    if (unit.empty()) return false;
    auto const* info = sdot_quantity(column.channel);
    auto const known = to_quantity(info == nullptr ? std::string_view{column.channel} : info->channel, {{}, std::string{unit}, {}});
    if (!known) out.notes.push_back(fmt::format("column \"{}\" is left out: {} is no unit of {}", column.header, unit, column.channel));
    column.unit = known.value_or(UnitConversion{});
    return !known;
  });
  out.values = std::move(once);
  if (!out.time && !out.date && sent) {
    out.time = sent;
    out.notes.push_back(fmt::format("times are those of sending (\"{}\")", bare(fields[*sent])));
  }
  if (out.packet) return out;
  if (!out.serial) return fail(Code::kInvalid, "no column of serials (시리얼, SN)");
  if (!out.time && !(out.date && out.hour)) return fail(Code::kInvalid, "no column of times (측정시간, 전송시간, MSRMT_HR, or date and hour)");
  if (out.values.empty()) return fail(Code::kInvalid, "no column that S-DoT is known to measure");
  return out;
}

}  // namespace madang::sensing
