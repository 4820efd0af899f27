#include "city/commands/registry_text.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <cstdint>
#include <map>

#include "core/text.h"
#include "core/time.h"

namespace madang::city {
namespace {

using simdjson::dom::element;

constexpr std::size_t kShownMax = 60;  ///< bytes of a value

std::unexpected<Error> not_understood(std::string_view answer) {
  return fail(Code::kInternal, fmt::format("the server's answer is not understood: {}", repair_utf8(answer.substr(0, 200))));
}

std::string shown(element value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) {
    auto const other = simdjson::minify(value);
    return other.size() <= kShownMax ? other : repair_utf8(std::string_view{other}.substr(0, kShownMax)) + "...";
  }
  bool const whole = text.size() <= kShownMax;
  return fmt::format("\"{}{}\"", repair_utf8(text.substr(0, kShownMax)), whole ? "" : "...");
}

using Said = std::map<std::string, std::string>;

/// The path of every member of an entry, its names joined by dots, and its value.
void flatten(element value, std::string const& path, Said& out) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    out.emplace(path, shown(value));
    return;
  }
  for (auto const member : object) flatten(member.value, path.empty() ? std::string{member.key} : fmt::format("{}.{}", path, member.key), out);
}

/// "unit.symbol "°C" -> "°F"; interval_ms 60000 -> 30000"; what was made or deleted whole says nothing.
std::string changes_of(element act) {
  Said before;
  Said after;
  element said;
  if (act["before"].get(said) == simdjson::SUCCESS && !said.is_null()) flatten(said, "", before);
  if (act["after"].get(said) == simdjson::SUCCESS && !said.is_null()) flatten(said, "", after);
  if (before.empty() || after.empty()) return {};
  std::string out;
  auto const add = [&out](std::string_view name, std::string_view was, std::string_view is) {
    out += fmt::format("{}{} {} -> {}", out.empty() ? "" : "; ", name, was, is);
  };
  for (auto const& [name, was] : before) {
    auto const now = after.find(name);
    if (now == after.end())
      add(name, was, "nothing");
    else if (now->second != was)
      add(name, was, now->second);
  }
  for (auto const& [name, is] : after)
    if (!before.contains(name)) add(name, "nothing", is);
  return out;
}

/// "Thing 7", "Datastream 12, temperature"
std::string heading_of(element answer) {
  std::string_view kind;
  std::string_view channel;
  std::int64_t id = 0;
  if (answer["kind"].get(kind) != simdjson::SUCCESS || answer["id"].get(id) != simdjson::SUCCESS) return "?";
  bool const stream = kind == "datastream";
  auto const has_name = answer["channel"].get(channel) == simdjson::SUCCESS;
  return fmt::format("{} {}{}{}", stream ? "Datastream" : kind == "thing" ? "Thing" : kind, id, has_name ? ", " : "", channel);
}

}  // namespace

Result<std::string> text_of_act(std::string_view act, std::string_view what, std::string_view answer) {
  simdjson::dom::parser parser;
  element root;
  std::int64_t thing = 0;
  if (parser.parse(answer.data(), answer.size()).get(root) != simdjson::SUCCESS || root["thing"].get(thing) != simdjson::SUCCESS)
    return not_understood(answer);
  std::int64_t retired = 0;
  bool const is_retired = root["retired_at"].get(retired) == simdjson::SUCCESS;
  std::string text;
  if (act == "retire")
    text = fmt::format("{} is out of service{}: it counts no more, and its readings stay. Put it back with: madang city return {}", what,
                       is_retired ? " since " + format_instant(instant_of_millis(retired)) : std::string{}, what);
  else if (act == "return")
    text = fmt::format("{} is in service again", what);
  else if (act == "move")
    text = fmt::format("{} has moved: what it measures from now on belongs to the new place", what);
  else if (act == "delete")
    text = fmt::format("{} is deleted; its history: madang city history --id {}", what, thing);
  else
    text = fmt::format("{} is corrected", what);
  if (is_retired && act != "retire") text += fmt::format("; it is out of service since {}", format_instant(instant_of_millis(retired)));
  std::string_view note;
  if (root["note"].get(note) == simdjson::SUCCESS) text += fmt::format("\nnote: {}", note);
  return text;
}

Result<std::string> text_of_history(std::string_view whose, std::string_view answer) {
  simdjson::dom::parser parser;
  element root;
  simdjson::dom::array acts;
  if (parser.parse(answer.data(), answer.size()).get(root) != simdjson::SUCCESS || root["history"].get(acts) != simdjson::SUCCESS)
    return not_understood(answer);
  auto text = heading_of(root);
  if (acts.size() == 0) text += "\n  nothing was done to it";
  for (auto const act : acts) {
    std::int64_t at = 0;
    std::string_view name;
    std::string_view by;
    if (act["at"].get(at) != simdjson::SUCCESS || act["act"].get(name) != simdjson::SUCCESS || act["by"].get(by) != simdjson::SUCCESS)
      return not_understood(answer);
    text += fmt::format("\n  {:24}  {:8}  {:16}  {}", format_instant(instant_of_millis(at)), name, by, changes_of(act));
    text.erase(text.find_last_not_of(' ') + 1);
  }
  std::int64_t next = 0;
  if (root["next"].get(next) == simdjson::SUCCESS) text += fmt::format("\n  older acts: madang city history {} --before {}", whose, next);
  return text;
}

}  // namespace madang::city
