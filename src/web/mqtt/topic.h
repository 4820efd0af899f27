// Topic names and filters: their rules, and whether a filter matches a name (MQTT 5.0, section 4.7).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace madang::web::mqtt {

/// Nothing when valid, else what is wrong: "topic name holds a wildcard at byte 7".
std::optional<std::string> topic_name_fault(std::string_view name);
/// The part of it that the standard allows: "topic name has 600 bytes, above 512".
std::optional<std::string> topic_name_beyond_bounds(std::string_view name);
std::optional<std::string> topic_filter_fault(std::string_view filter);
/// The same of a filter: the standard allows it, and it is refused alone.
std::optional<std::string> topic_filter_beyond_bounds(std::string_view filter);

/// Both must be valid. Wildcards at the front do not match names that begin with '$'.
bool topic_matches(std::string_view filter, std::string_view name);

/// Takes the first level off `rest`; nothing left: nullopt. "a//b" has three levels, the middle one empty.
class TopicLevels {
 public:
  explicit TopicLevels(std::string_view topic) : rest_(topic) {}
  std::optional<std::string_view> next();

 private:
  std::string_view rest_;
  bool ended_ = false;
};

}  // namespace madang::web::mqtt
