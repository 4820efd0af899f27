#include "web/mqtt/topic.h"

#include <fmt/format.h>

#include <algorithm>

#include "web/mqtt/limits.h"

namespace madang::web::mqtt {
namespace {

std::optional<std::string> size_fault(std::string_view what, std::string_view topic) {
  if (topic.size() > kTopicBytesMax)
    return fmt::format("{} has {} bytes, above {}", what, topic.size(), kTopicBytesMax);
  auto const levels = static_cast<std::size_t>(std::ranges::count(topic, '/')) + 1;
  if (levels > kTopicLevelsMax) return fmt::format("{} has {} levels, above {}", what, levels, kTopicLevelsMax);
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> TopicLevels::next() {
  if (ended_) return std::nullopt;
  auto const slash = rest_.find('/');
  auto const level = rest_.substr(0, slash);
  if (slash == std::string_view::npos)
    ended_ = true;
  else
    rest_.remove_prefix(slash + 1);
  return level;
}

std::optional<std::string> topic_name_beyond_bounds(std::string_view name) { return size_fault("topic name", name); }

std::optional<std::string> topic_name_fault(std::string_view name) {
  if (name.empty()) return "topic name is empty";
  if (auto fault = topic_name_beyond_bounds(name)) return fault;
  if (auto const at = name.find_first_of("+#"); at != std::string_view::npos)
    return fmt::format("topic name holds a wildcard at byte {}", at);
  return std::nullopt;
}

std::optional<std::string> topic_filter_beyond_bounds(std::string_view filter) { return size_fault("topic filter", filter); }

std::optional<std::string> topic_filter_fault(std::string_view filter) {
  if (filter.empty()) return "topic filter is empty";
  if (auto fault = topic_filter_beyond_bounds(filter)) return fault;
  for (std::size_t i = 0; i < filter.size(); ++i) {
    if (filter[i] != '+' && filter[i] != '#') continue;
    bool const begins = i == 0 || filter[i - 1] == '/';
    bool const ends = i + 1 == filter.size() || (filter[i] == '+' && filter[i + 1] == '/');
    if (!begins || !ends)
      return fmt::format("topic filter has '{}' at byte {}, where it is not a level of its own{}", filter[i], i,
                         filter[i] == '#' ? " at the end" : "");
  }
  return std::nullopt;
}

bool topic_matches(std::string_view filter, std::string_view name) {
  if (name.starts_with('$') && !filter.starts_with('$')) return false;
  TopicLevels filter_levels{filter};
  TopicLevels name_levels{name};
  while (true) {
    auto const wanted = filter_levels.next();
    auto const level = name_levels.next();
    if (wanted == "#") return true;  // also the parent level itself: "a/#" matches "a"
    if (!wanted || !level) return !wanted && !level;
    if (*wanted != "+" && *wanted != *level) return false;
  }
}

}  // namespace madang::web::mqtt
