// Rules as JSON: how they are stored, served and changed.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/json_input.h"
#include "city/words.h"
#include "core/json_writer.h"
#include "runtime/refusal.h"
#include "runtime/shipped.h"
#include "sensing/warning/limits.h"
#include "sensing/warning/rules.h"

namespace madang::sensing::warning {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kTextMax = 2'000;

void write_name(JsonWriter& out, std::string_view field, city::Name const& name) {
  if (name.by_language.empty()) return;
  out.key(field);
  city::write_name(out, name);
}

void write(JsonWriter& out, Rule const& rule) {
  out.begin_object();
  out.field("id", rule.id).field("channel", rule.channel).field("kind", rule.kind);
  out.field("method", name_of(rule.method));
  if (rule.method == Method::kLevel) out.field("measure", name_of(rule.measure));
  out.field("enabled", rule.enabled).field("public", rule.is_public);
  if (rule.method != Method::kLevel) out.field("gain", rule.gain).field("logarithmic", rule.logarithmic);
  for (auto const& p : parameters_of(rule.method)) out.field(p.name, rule.*p.field);
  write_name(out, "headline", rule.headline);
  write_name(out, "instruction", rule.instruction);
  out.end_object();
}

std::unexpected<Error> wrong(std::string const& where, std::string_view what) {
  return fail(Code::kInvalid, fmt::format("{}: {}", where, what));
}

Result<void> read_text(dom::element value, std::string const& where, std::string& into) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return wrong(where, "a text expected");
  if (text.size() > kTextMax) return fail(Code::kLimit, fmt::format("{}: at most {} bytes", where, kTextMax));
  into = std::string(text);
  return {};
}

Result<void> read_flag(dom::element value, std::string const& where, bool& into) {
  if (value.get(into) != simdjson::SUCCESS) return wrong(where, "true or false expected");
  return {};
}

Result<void> read_name(dom::element value, std::string const& where, city::Name& into) {
  dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return wrong(where, "an object of language to text expected");
  for (auto const field : object) {
    std::string text;
    MADANG_CHECK(read_text(field.value, where, text));
    into.by_language.emplace(field.key, text);
  }
  return {};
}

Result<void> check_languages(city::Name const& name, std::string const& where) {
  auto const& known = runtime::shipped_messages().languages();
  for (auto const& [language, text] : name.by_language)
    if (std::ranges::find(known, language) == known.end())
      return wrong(where, fmt::format("there are no texts in \"{}\", only in {}", language.substr(0, 40), fmt::join(known, ", ")));
  return {};
}

/// A level has a measure, the other methods a direction and a scale: elsewhere these words would be lost in silence.
bool is_of_other_methods(std::string_view key, Method method) {
  if (key == "measure") return method != Method::kLevel;
  return (key == "gain" || key == "logarithmic") && method == Method::kLevel;
}

/// False: the rule has no such word.
Result<bool> read_word(std::string_view key, dom::element value, std::string const& where, Rule& rule) {
  if (is_of_other_methods(key, rule.method)) return false;
  std::string word;
  if (key == "id") MADANG_CHECK(read_text(value, where, rule.id));
  else if (key == "channel") MADANG_CHECK(read_text(value, where, rule.channel));
  else if (key == "kind") MADANG_CHECK(read_text(value, where, rule.kind));
  else if (key == "enabled") MADANG_CHECK(read_flag(value, where, rule.enabled));
  else if (key == "public") MADANG_CHECK(read_flag(value, where, rule.is_public));
  else if (key == "gain") MADANG_CHECK(read_flag(value, where, rule.gain));
  else if (key == "logarithmic") MADANG_CHECK(read_flag(value, where, rule.logarithmic));
  else if (key == "headline") MADANG_CHECK(read_name(value, where, rule.headline));
  else if (key == "instruction") MADANG_CHECK(read_name(value, where, rule.instruction));
  else if (key == "method") return true;  // read first
  else if (key == "measure") {
    MADANG_CHECK(read_text(value, where, word));
    auto const measure = measure_of(word);
    if (!measure) return wrong(where, "city_median, district_median or perceived_temperature expected");
    rule.measure = *measure;
  } else {
    return false;
  }
  return true;
}

Result<Rule> read_rule(dom::element element, std::size_t index) {
  std::string const at = fmt::format("rules[{}]", index);
  dom::object object;
  if (element.get(object) != simdjson::SUCCESS) return wrong(at, "an object expected");
  std::string_view method_name;
  if (object["method"].get(method_name) != simdjson::SUCCESS) return wrong(at + ".method", "a text expected");
  auto const method = method_of(method_name);
  if (!method) return wrong(at + ".method", "neighbours, persistence, surge or level expected");
  Rule rule;
  rule.method = *method;
  if (rule.method == Method::kLevel) rule.share = 0;
  // Rules of a city that were saved before there was this parameter must not tell of a hum that nobody minds.
  std::string_view channel;
  bool const is_sound = object["channel"].get(channel) == simdjson::SUCCESS && channel == kNoise;
  if (rule.method == Method::kPersistence && is_sound) rule.level_alone = kHarmfulSound;
  for (auto const field : object) {
    std::string const where = fmt::format("{}.{}", at, field.key);
    MADANG_TRY(bool const known, read_word(field.key, field.value, where, rule));
    if (known) continue;
    auto const parameters = parameters_of(rule.method);
    auto const p = std::ranges::find(parameters, field.key, &Parameter::name);
    if (p == parameters.end()) return wrong(where, fmt::format("a rule of method {} has no such field", method_name));
    double number = 0;
    if (field.value.get(number) != simdjson::SUCCESS) return wrong(where, "a number expected");
    rule.*(p->field) = number;
  }
  return rule;
}

}  // namespace

std::string json_of(Rule const& rule) {
  JsonWriter out;
  write(out, rule);
  return out.take();
}

std::string json_of(RuleSet const& set) {
  JsonWriter out;
  out.begin_object();
  out.field("version", static_cast<std::int64_t>(set.version)).field("since", millis_of(set.since));
  out.field("author", set.author).field("note", set.note).key("rules").begin_array();
  for (auto const& rule : set.rules) write(out, rule);
  out.end_array().end_object();
  return out.take();
}

Result<RuleSet> rule_set_of_json(std::string_view text) {
  if (text.size() > kRuleBytesMax) {
    return fail(Code::kLimit, fmt::format("rules: {} bytes, more than {}", text.size(), kRuleBytesMax));
  }
  dom::parser parser;
  dom::element root;
  simdjson::padded_string const padded(text);
  if (auto const error = parser.parse(padded).get(root); error != simdjson::SUCCESS) {
    return fail(Code::kInvalid, fmt::format("rules: not JSON: {}", simdjson::error_message(error)));
  }
  RuleSet set;
  dom::element note;
  if (root["note"].get(note) == simdjson::SUCCESS) MADANG_CHECK(read_text(note, "note", set.note));
  dom::array rules;
  if (root["rules"].get(rules) != simdjson::SUCCESS) return wrong("rules", "an array expected");
  if (rules.size() > kRulesMax) return runtime::refuse_field(Code::kLimit, "rules", "refusal.rules.too_many", {{"max", kRulesMax}});
  for (auto const element : rules) {
    MADANG_TRY(auto rule, read_rule(element, set.rules.size()));
    set.rules.push_back(std::move(rule));
  }
  MADANG_CHECK(check(set));
  return set;
}

Result<void> check_languages(RuleSet const& set) {
  for (std::size_t i = 0; i < set.rules.size(); ++i) {
    MADANG_CHECK(check_languages(set.rules[i].headline, fmt::format("rules[{}].headline", i)));
    MADANG_CHECK(check_languages(set.rules[i].instruction, fmt::format("rules[{}].instruction", i)));
  }
  return {};
}

}  // namespace madang::sensing::warning
