#include "web/mqtt/topics.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "web/mqtt/topic.h"

namespace madang::web::mqtt {
namespace {

constexpr std::string_view kThing = "{thing}";

bool is_named(std::string_view level) { return level.size() > 2 && level.starts_with('{') && level.ends_with('}'); }

/// Goes through a pattern and what it is held against, level by level, as long as both have one. True: `agree` held for all, and both
/// ended together or the pattern with '#', which stands for its parent too.
template <typename Agree>
bool runs_along(std::string_view pattern, std::string_view other, Agree const& agree) {
  if (other.starts_with('$') && !pattern.starts_with('$')) return false;
  TopicLevels wanted_levels{pattern};
  TopicLevels levels{other};
  while (true) {
    auto const wanted = wanted_levels.next();
    auto const level = levels.next();
    if (wanted == "#") return true;
    if (!wanted || !level) return !wanted && !level;
    if (!agree(*wanted, *level)) return false;
  }
}

/// Whatever matches the filter matches the pattern.
bool covers(std::string_view pattern, std::string_view filter) {
  return runs_along(pattern, filter, [](std::string_view wanted, std::string_view level) {
    if (level == "#") return false;
    return wanted == "+" || (is_named(wanted) ? !level.empty() : wanted == level);
  });
}

/// Some topic matches both.
bool overlap(std::string_view a, std::string_view b) {
  TopicLevels a_levels{a};
  TopicLevels b_levels{b};
  while (true) {
    auto const one = a_levels.next();
    auto const other = b_levels.next();
    if (one == "#" || other == "#") return true;
    if (!one || !other) return !one && !other;
    auto const any = [](std::string_view level) { return level == "+" || is_named(level); };
    if (!any(*one) && !any(*other) && *one != *other) return false;
  }
}

std::optional<std::string_view> level_called(std::string_view pattern, std::string_view name, std::string_view other) {
  TopicLevels wanted_levels{pattern};
  TopicLevels levels{other};
  while (auto const wanted = wanted_levels.next()) {
    auto const level = levels.next();
    if (*wanted == name) return level;
  }
  return std::nullopt;
}

/// `of`: a topic, or a filter that the pattern covers.
bool may(TopicAccess const& access, Principal const& who, std::string_view pattern, std::string_view of) {
  if (who.kind == Principal::Kind::kNobody) return false;
  switch (access.who) {
    case TopicAccess::Who::kNobody: return false;
    case TopicAccess::Who::kDevice: return true;
    case TopicAccess::Who::kHolder: return who.may(access.permission);
    case TopicAccess::Who::kWriter: break;
  }
  if (who.things.empty()) return true;
  auto const serial = level_called(pattern, kThing, of);
  return serial && std::ranges::find(who.things, *serial) != who.things.end();
}

std::optional<std::string> pattern_fault(std::string_view pattern) {
  std::string filter;
  TopicLevels levels{pattern};
  while (auto const level = levels.next()) {
    if (!filter.empty()) filter += '/';
    filter += is_named(*level) ? "+" : *level;
  }
  if (filter.find_first_of("{}") != std::string::npos) return "a name in braces is not a level of its own";
  return topic_filter_fault(filter);
}

class TopicsHandler final : public ListenerHandler {
 public:
  TopicsHandler(Topics const& topics, Authenticator& authenticator) : topics_(topics), authenticator_(authenticator) {}

  Result<Principal> authenticate(std::string_view, std::string_view password, std::string_view certificate_name) override {
    if (!password.empty()) return authenticator_.principal_of_key(password);
    if (certificate_name.empty()) return fail(Code::kUnauthorized, "a key is needed as the password");
    Principal who;
    who.kind = Principal::Kind::kDevice;
    who.name = certificate_name;
    who.things.emplace_back(certificate_name);
    return who;
  }
  bool may_publish(Principal const& who, std::string_view topic) override { return topics_.may_publish(who, topic); }
  bool may_subscribe(Principal const& who, std::string_view filter) override { return topics_.may_subscribe(who, filter); }
  bool somebody_may_publish(std::string_view topic) override { return topics_.somebody_may_publish(topic); }
  void publish(Principal const& who, Message message, Accepted accepted) override {
    topics_.publish(who, std::move(message), std::move(accepted));
  }

 private:
  Topics const& topics_;
  Authenticator& authenticator_;
};

}  // namespace

Result<void> Topics::add(Topic topic) {
  auto const refuse = [&topic](std::string_view why) { return fail(Code::kInvalid, fmt::format("the topic {}: {}", topic.pattern, why)); };
  if (auto const fault = pattern_fault(topic.pattern)) return refuse(*fault);
  bool const is_taken = topic.publish.who != TopicAccess::Who::kNobody;
  if (is_taken && !topic.handler) return refuse("somebody may publish to it, and nothing takes what comes");
  if (!is_taken && topic.handler) return refuse("it has a handler, and nobody may publish to it");
  for (auto const& other : all_)
    if (is_taken && other.handler && overlap(topic.pattern, other.pattern))
      return refuse(fmt::format("a message for it could be for {} too", other.pattern));
  all_.push_back(std::move(topic));
  return {};
}

Topic const* Topics::taker_of(std::string_view topic) const {
  auto const takes = [topic](Topic const& one) { return one.handler && pattern_matches(one.pattern, topic); };
  auto const found = std::ranges::find_if(all_, takes);
  return found == all_.end() ? nullptr : &*found;
}

bool Topics::may_publish(Principal const& who, std::string_view topic) const {
  auto const* const taker = taker_of(topic);
  return taker != nullptr && may(taker->publish, who, taker->pattern, topic);
}

bool Topics::may_subscribe(Principal const& who, std::string_view filter) const {
  return std::ranges::any_of(all_, [&](Topic const& one) {
    return covers(one.pattern, filter) && may(one.subscribe, who, one.pattern, filter);
  });
}

bool Topics::somebody_may_publish(std::string_view topic) const { return taker_of(topic) != nullptr; }

void Topics::publish(Principal const& who, Message message, Accepted accepted) const {
  auto const* const taker = taker_of(message.topic);
  if (taker == nullptr) return accepted(fail(Code::kInvalid, fmt::format("topic \"{}\" is none that a client may publish to", message.topic)));
  if (!may(taker->publish, who, taker->pattern, message.topic))
    return accepted(fail(Code::kForbidden, fmt::format("this key may not publish to {}", message.topic)));
  taker->handler(who, std::move(message), std::move(accepted));
}

bool pattern_matches(std::string_view pattern, std::string_view topic) {
  return runs_along(pattern, topic, [](std::string_view wanted, std::string_view level) {
    return wanted == "+" || (is_named(wanted) ? !level.empty() : wanted == level);
  });
}

std::optional<std::string_view> named_level(std::string_view pattern, std::string_view name, std::string_view topic) {
  if (!pattern_matches(pattern, topic)) return std::nullopt;
  return level_called(pattern, fmt::format("{{{}}}", name), topic);
}

std::unique_ptr<ListenerHandler> handler_of(Topics const& topics, Authenticator& authenticator) {
  return std::make_unique<TopicsHandler>(topics, authenticator);
}

}  // namespace madang::web::mqtt
