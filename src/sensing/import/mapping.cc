#include "sensing/import/mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/text.h"
#include "runtime/shipped.h"
#include "runtime/toml.h"
#include "sensing/import/limits.h"
#include "sensing/quantity_names.h"

namespace madang::sensing {
namespace {

/// One table of the file, with the place of every key for messages.
struct Section {
  std::string_view file;
  std::string path;
  toml::table const* table = nullptr;

  [[nodiscard]] std::string key(std::string_view name) const {
    return path.empty() ? std::string{name} : fmt::format("{}.{}", path, name);
  }
  [[nodiscard]] std::unexpected<Error> wrong(toml::source_region const& where, std::string_view sentence) const {
    return runtime::wrong_in_toml(file, where, sentence);
  }
  [[nodiscard]] std::unexpected<Error> wrong_key(std::string_view name, std::string_view sentence) const {
    auto const* node = table == nullptr ? nullptr : table->get(name);
    auto const where = node != nullptr ? node->source() : table != nullptr ? table->source() : toml::source_region{};
    return wrong(where, fmt::format("\"{}\" {}", key(name), sentence));
  }

  /// `named`: what has a key for each language, as "name" has "name_en".
  Result<void> know(std::span<std::string_view const> fixed, std::initializer_list<std::string_view> named = {}) const {
    if (table == nullptr) return {};
    std::vector<std::string> const in_languages = keys_of(named);
    std::vector<std::string_view> names(fixed.begin(), fixed.end());
    names.insert(names.end(), in_languages.begin(), in_languages.end());
    for (auto const& [k, node] : *table) {
      if (std::ranges::find(names, k.str()) != names.end()) continue;
      auto const near = nearest_word(k.str(), names);
      auto const hint = near ? fmt::format("; did you mean \"{}\"?", *near) : std::string{};
      return wrong(k.source(), fmt::format("\"{}\" is not known here{}", key(k.str()), hint));
    }
    return {};
  }

  static std::vector<std::string> keys_of(std::initializer_list<std::string_view> named) {
    std::vector<std::string> keys;
    for (auto const prefix : named)
      for (auto const& language : runtime::shipped_messages().languages()) keys.push_back(fmt::format("{}_{}", prefix, language));
    return keys;
  }

  Result<std::string> text(std::string_view name, std::string_view otherwise = "") const {
    auto const* node = table == nullptr ? nullptr : table->get(name);
    if (node == nullptr) return std::string{otherwise};
    auto const value = node->value_exact<std::string>();
    if (!value || value->size() > 4096) return wrong_key(name, "wants a text of at most 4096 bytes");
    return *value;
  }
  Result<double> number(std::string_view name, double otherwise) const {
    auto const* node = table == nullptr ? nullptr : table->get(name);
    if (node == nullptr) return otherwise;
    auto const value = node->is_number() ? node->value<double>() : std::nullopt;
    if (!value || !std::isfinite(*value)) return wrong_key(name, "wants a number");
    return *value;
  }
  Result<bool> truth(std::string_view name, bool otherwise) const {
    auto const* node = table == nullptr ? nullptr : table->get(name);
    if (node == nullptr) return otherwise;
    auto const value = node->value_exact<bool>();
    if (!value) return wrong_key(name, "wants true or false");
    return *value;
  }
  Result<std::vector<double>> numbers(std::string_view name) const {
    std::vector<double> out;
    auto const* node = table == nullptr ? nullptr : table->get(name);
    if (node == nullptr) return out;
    auto const* array = node->as_array();
    if (array == nullptr || array->size() > 100) return wrong_key(name, "wants a list of at most 100 numbers");
    for (auto const& item : *array) {
      auto const value = item.is_number() ? item.value<double>() : std::nullopt;
      if (!value || !std::isfinite(*value)) return wrong_key(name, "wants a list of numbers");
      out.push_back(*value);
    }
    return out;
  }
  Result<std::vector<std::string>> texts(std::string_view name) const {
    std::vector<std::string> out;
    auto const* node = table == nullptr ? nullptr : table->get(name);
    if (node == nullptr) return out;
    auto const* array = node->as_array();
    if (array == nullptr || array->size() > 100) return wrong_key(name, "wants a list of at most 100 texts");
    for (auto const& item : *array) {
      auto const value = item.value_exact<std::string>();
      if (!value) return wrong_key(name, "wants a list of texts");
      out.push_back(*value);
    }
    return out;
  }

  [[nodiscard]] Result<ColumnRef> column_of(std::string_view name, toml::node const& node) const {
    if (auto const header = node.value_exact<std::string>(); header && !header->empty()) return ColumnRef{*header, 0};
    if (auto const number = node.value_exact<std::int64_t>(); number && *number >= 1 && *number <= 512)
      return ColumnRef{"", static_cast<std::size_t>(*number)};
    return wrong_key(name, "wants a column's header, or its number from 1 to 512");
  }
  Result<ColumnRef> column(std::string_view name) const {
    auto const* node = table == nullptr ? nullptr : table->get(name);
    return node == nullptr ? Result<ColumnRef>{ColumnRef{}} : column_of(name, *node);
  }
  Result<city::Name> name(std::string_view prefix) const {
    city::Name out;
    for (auto const& language : runtime::shipped_messages().languages()) {
      MADANG_TRY(auto value, text(fmt::format("{}_{}", prefix, language)));
      if (!value.empty()) out.by_language.emplace(language, std::move(value));
    }
    return out;
  }
};

class MappingReader {
 public:
  MappingReader(toml::table const& root, std::string_view file) : root_{file, "", &root} {}

  Result<Mapping> read() {
    constexpr std::array<std::string_view, 6> kSections{"file", "station", "time", "missing", "sensor", "channel"};
    MADANG_CHECK(root_.know(kSections));
    MADANG_CHECK(read_file());
    MADANG_CHECK(read_station());
    MADANG_CHECK(read_time());
    MADANG_CHECK(read_missing());
    MADANG_CHECK(read_channels());
    MADANG_CHECK(read_sensor());
    return std::move(out_);
  }

 private:
  Result<Section> section(std::string_view name) const {
    auto const* node = root_.table->get(name);
    if (node != nullptr && !node->is_table()) return root_.wrong_key(name, "wants a table");
    return Section{root_.file, std::string{name}, node == nullptr ? nullptr : node->as_table()};
  }

  Result<void> read_file() {
    MADANG_TRY(auto const s, section("file"));
    constexpr std::array<std::string_view, 6> kKeys{"separator", "header", "decimal_comma", "thousands", "skip_lines", "encoding"};
    MADANG_CHECK(s.know(kKeys));
    MADANG_TRY(auto const separator, s.text("separator", ","));
    if (separator != "," && separator != ";" && separator != "|" && separator != "tab" && separator != "\t")
      return s.wrong_key("separator", "wants one of \",\" \";\" \"|\" \"tab\"");
    out_.separator = separator == "tab" ? '\t' : separator[0];
    MADANG_TRY(out_.header, s.truth("header", true));
    MADANG_TRY(out_.numbers.decimal_comma, s.truth("decimal_comma", false));
    MADANG_TRY(auto const lines, s.number("skip_lines", 0));
    if (lines < 0 || lines > static_cast<double>(kSkipLinesMax) || lines != std::floor(lines))
      return s.wrong_key("skip_lines", fmt::format("wants a whole number from 0 to {}", kSkipLinesMax));
    out_.skip_lines = static_cast<std::size_t>(lines);
    MADANG_CHECK(read_thousands(s));
    MADANG_TRY(auto const encoding, s.text("encoding"));
    out_.encoding = encoding_named(encoding);
    if (!encoding.empty() && !out_.encoding)
      return s.wrong_key("encoding", "wants one of utf-8, cp949, windows-1252, utf-16; left out, it is found by looking");
    return {};
  }

  Result<void> read_thousands(Section const& s) {
    MADANG_TRY(auto const thousands, s.text("thousands"));
    if (thousands.empty()) return {};
    bool const known = thousands.size() == 1 && std::string_view{".,' "}.contains(thousands[0]);
    if (!known || thousands[0] == out_.numbers.decimal())
      return s.wrong_key("thousands", "wants one of \".\" \",\" \"'\" \" \", and not the sign of decimals");
    out_.numbers.thousands = thousands[0];
    return {};
  }

  Result<void> read_station() {
    MADANG_TRY(auto const s, section("station"));
    constexpr std::array<std::string_view, 6> kKeys{"serial", "always", "name", "latitude", "longitude", "prefix"};
    MADANG_CHECK(s.know(kKeys));
    MADANG_TRY(out_.serial, s.column("serial"));
    MADANG_TRY(out_.serial_always, s.text("always"));
    if (!out_.serial.given() && out_.serial_always.empty()) return s.wrong_key("serial", "is missing");
    if (out_.serial.given() && !out_.serial_always.empty()) return s.wrong_key("always", "stands beside serial, which names a column");
    MADANG_TRY(out_.station_name, s.column("name"));
    MADANG_TRY(out_.latitude, s.column("latitude"));
    MADANG_TRY(out_.longitude, s.column("longitude"));
    if (out_.latitude.given() != out_.longitude.given())
      return s.wrong_key(out_.latitude.given() ? "longitude" : "latitude", "is missing beside the other");
    MADANG_TRY(out_.serial_prefix, s.text("prefix"));
    return {};
  }

  Result<void> read_time() {
    MADANG_TRY(auto const s, section("time"));
    constexpr std::array<std::string_view, 5> kKeys{"columns", "end", "format", "zone", "interval_s"};
    MADANG_CHECK(s.know(kKeys));
    MADANG_TRY(out_.end, s.column("end"));
    auto const* node = s.table == nullptr ? nullptr : s.table->get("columns");
    if (node == nullptr) return s.wrong_key("columns", "is missing");
    if (auto const* list = node->as_array()) {
      if (list->empty() || list->size() > 4) return s.wrong_key("columns", "wants one to four columns");
      for (auto const& item : *list) {
        MADANG_TRY(auto column, s.column_of("columns", item));
        out_.time.push_back(std::move(column));
      }
    } else {
      MADANG_TRY(auto column, s.column_of("columns", *node));
      out_.time.push_back(std::move(column));
    }
    MADANG_TRY(auto const format, s.text("format", "rfc3339"));
    auto pattern = TimePattern::of(format);
    if (!pattern) return s.wrong_key("format", pattern.error().sentence);
    out_.pattern = *std::move(pattern);
    MADANG_TRY(auto const name, s.text("zone"));
    if (!name.empty()) {
      auto const zone = Zone::named(name);
      if (!zone) return s.wrong_key("zone", zone.error().sentence);
      out_.zone = *zone;
    }
    MADANG_TRY(auto const interval, s.number("interval_s", 0));
    if (interval < 0 || interval > 31 * 86'400) return s.wrong_key("interval_s", "wants 0 to 2678400 seconds");
    out_.interval = Millis{static_cast<std::int64_t>(interval * 1000)};
    return {};
  }

  Result<void> read_missing() {
    MADANG_TRY(auto const s, section("missing"));
    constexpr std::array<std::string_view, 2> kKeys{"values", "texts"};
    MADANG_CHECK(s.know(kKeys));
    MADANG_TRY(missing_values_, s.numbers("values"));
    MADANG_TRY(out_.missing_texts, s.texts("texts"));
    return {};
  }

  Result<void> read_channels() {
    auto const* node = root_.table->get("channel");
    auto const* list = node == nullptr ? nullptr : node->as_array();
    if (list == nullptr || list->empty())
      return node == nullptr ? root_.wrong_key("channel", "is missing: at least one [[channel]] is wanted")
                             : root_.wrong_key("channel", "wants one [[channel]] table or more");
    if (list->size() > kMappingChannelsMax)
      return root_.wrong_key("channel", fmt::format("stands {} times; at most {}", list->size(), kMappingChannelsMax));
    for (auto const& item : *list) {
      if (!item.is_table()) return root_.wrong_key("channel", "wants [[channel]] tables");
      MADANG_CHECK(read_channel({root_.file, fmt::format("channel[{}]", out_.channels.size() + 1), item.as_table()}));
    }
    return {};
  }

  Result<void> read_channel(Section const& s) {
    constexpr std::array<std::string_view, 11> kKeys{"column", "channel", "scale", "offset", "missing", "min", "max",
                                                     "unit", "unit_name", "unit_ucum", "definition"};
    MADANG_CHECK(s.know(kKeys, {"name"}));
    CsvChannel c;
    MADANG_TRY(c.column, s.column("column"));
    if (!c.column.given()) return s.wrong_key("column", "is missing");
    MADANG_TRY(c.channel, s.text("channel"));
    if (!is_channel(c.channel)) return s.wrong_key("channel", "wants 1 to 64 of the characters a to z, 0 to 9 and _");
    if (std::ranges::find(out_.channels, c.channel, &CsvChannel::channel) != out_.channels.end())
      return s.wrong_key("channel", fmt::format("\"{}\" comes twice", c.channel));
    MADANG_TRY(c.scale, s.number("scale", 1));
    if (c.scale == 0) return s.wrong_key("scale", "wants a number other than 0");
    MADANG_TRY(c.offset, s.number("offset", 0));
    MADANG_TRY(c.missing, s.numbers("missing"));
    c.missing.insert(c.missing.end(), missing_values_.begin(), missing_values_.end());
    MADANG_CHECK(describe(s, c));
    out_.channels.push_back(std::move(c));
    return {};
  }

  /// Unit, names and range: from Madang's own table where it knows the channel, from the file otherwise.
  Result<void> describe(Section const& s, CsvChannel& c) {
    auto const* info = quantity(c.channel);
    if (info != nullptr) {
      c.unit = {std::string{info->unit_name}, std::string{info->unit_symbol}, std::string{info->unit_definition}};
      c.name = quantity_names(runtime::shipped_messages(), c.channel);
      c.definition = info->definition;
    }
    MADANG_TRY(c.valid_min, s.number("min", info == nullptr ? 0 : info->valid_min));
    MADANG_TRY(c.valid_max, s.number("max", info == nullptr ? 0 : info->valid_max));
    if (c.valid_min > c.valid_max) return s.wrong_key("min", "is above max");
    MADANG_TRY(auto const unit, s.text("unit"));
    if (info != nullptr && !unit.empty() && unit != info->unit_symbol && unit != info->unit_definition)
      return s.wrong_key("unit", fmt::format("is \"{}\"; {} is kept in {} ({}): give scale and offset that lead there",
                                             unit, c.channel, info->unit_symbol, info->unit_definition));
    if (info != nullptr) return {};
    if (unit.empty()) return s.wrong_key("unit", fmt::format("is missing: Madang does not know \"{}\" by itself", c.channel));
    MADANG_TRY(auto const unit_name, s.text("unit_name", unit));
    MADANG_TRY(auto const ucum, s.text("unit_ucum", unit));
    c.unit = {unit_name, unit, ucum};
    MADANG_TRY(c.name, s.name("name"));
    if (!c.name.by_language.contains(kSourceLanguage)) c.name.by_language.emplace(kSourceLanguage, c.channel);
    MADANG_TRY(c.definition, s.text("definition", "https://w3id.org/madang/property/" + c.channel));
    return {};
  }

  static bool is_channel(std::string_view text) {
    auto const fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, fits);
  }

  Result<void> read_sensor() {
    MADANG_TRY(auto const s, section("sensor"));
    constexpr std::array<std::string_view, 5> kKeys{"model", "class", "grade", "source", "description"};
    MADANG_CHECK(s.know(kKeys, {"name", "notice"}));
    auto& sensor = out_.sensor;
    MADANG_TRY(sensor.name, s.name("name"));
    if (!sensor.name.by_language.contains(kSourceLanguage)) {
      auto named = city::in_every_language(runtime::shipped_messages(), "import.sensor");
      for (auto const& [language, text] : sensor.name.by_language) named.by_language.insert_or_assign(language, text);
      sensor.name = std::move(named);
    }
    MADANG_TRY(sensor.model, s.text("model"));
    MADANG_TRY(sensor.grade, s.text("grade"));
    MADANG_TRY(sensor.notice, s.name("notice"));
    MADANG_TRY(sensor.source, s.text("source"));
    MADANG_TRY(sensor.description, s.text("description"));
    sensor.encoding_type = "text/plain";
    MADANG_TRY(auto const text, s.text("class", "unknown"));
    MADANG_TRY(sensor.measurement_class, class_of(s, text));
    if (sensor.measurement_class == city::MeasurementClass::kSimpleMonitor && sensor.notice.by_language.empty())
      return s.wrong_key(fmt::format("notice_{}", kSourceLanguage), "is missing: values of a simple monitor always carry their notice");
    for (auto const& c : out_.channels) {
      city::Channel channel;
      channel.name = c.channel;
      channel.scale = c.scale;
      channel.offset = c.offset;
      channel.valid_min = c.valid_min;
      channel.valid_max = c.valid_max;
      channel.sentinels = c.missing;
      sensor.channels.push_back(std::move(channel));
    }
    return {};
  }

  static Result<city::MeasurementClass> class_of(Section const& s, std::string_view text) {
    using enum city::MeasurementClass;
    constexpr std::array<std::pair<std::string_view, city::MeasurementClass>, 4> kClasses{
        {{"reference", kReference}, {"indicative", kIndicative}, {"simple_monitor", kSimpleMonitor}, {"unknown", kUnknown}}};
    for (auto const& [name, value] : kClasses)
      if (name == text) return value;
    return s.wrong_key("class", "wants one of reference, indicative, simple_monitor, unknown");
  }

  Section root_;
  Mapping out_;
  std::vector<double> missing_values_;
};

}  // namespace

Result<Mapping> parse_mapping(std::string_view toml, std::string_view name) {
  if (toml.size() > kMappingBytesMax)
    return fail(Code::kLimit, fmt::format("{}: {} bytes; a mapping has at most {}", name, toml.size(), kMappingBytesMax));
  MADANG_TRY(auto const root, runtime::parse_toml(toml, name));
  return MappingReader(root, name).read();
}

}  // namespace madang::sensing
