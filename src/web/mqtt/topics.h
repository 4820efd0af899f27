// Who may publish and subscribe where, as data: domains name the topics that they know and what each asks for, as routes do.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "web/http/http.h"
#include "web/http/permission.h"
#include "web/mqtt/mqtt.h"

namespace madang::web::mqtt {

/// Who may do one thing with a topic. A Permission is one, and asks for it in the whole city; a key holds what its service's roles hold.
struct TopicAccess {
  enum class Who : std::uint8_t {
    kNobody,
    kDevice,  ///< who has shown a key or a certificate
    kWriter,  ///< who may write the Thing whose serial is the level {thing}; who may write all, where no level says which
    kHolder,  ///< of the permission
  };
  Who who = Who::kNobody;
  Permission permission = {};

  constexpr TopicAccess() = default;
  constexpr TopicAccess(Who w) : who(w) {}                                          // NOLINT(google-explicit-constructor)
  constexpr TopicAccess(Permission const& p) : who(Who::kHolder), permission(p) {}  // NOLINT(google-explicit-constructor)
};

/// Answers exactly once, from any thread; must not block. What throws ends the client's connection.
using TopicHandler = std::function<void(Principal const& who, Message message, Accepted accepted)>;

/// What one domain knows of topics.
struct Topic {
  /// A topic filter, whose levels for one level may have names: "things/{thing}/obs", "lamps/#". A named level is never empty.
  std::string pattern;
  TopicAccess publish = {};
  TopicAccess subscribe = {};
  /// Takes what is published; where somebody may publish, and only there.
  TopicHandler handler = {};
};

/// Of all domains. Does not change while the listener listens.
class Topics {
 public:
  /// kInvalid: no pattern, a handler too many or too few, or a message could be for another one too.
  Result<void> add(Topic topic);

  [[nodiscard]] bool may_publish(Principal const& who, std::string_view topic) const;
  /// Whether some pattern holds all that the filter asks for, and `who` may hear it.
  [[nodiscard]] bool may_subscribe(Principal const& who, std::string_view filter) const;
  /// Elsewhere no right is missing: what is sent there can never be taken.
  [[nodiscard]] bool somebody_may_publish(std::string_view topic) const;
  /// kForbidden, or kInvalid where nobody may; else as its handler answers.
  void publish(Principal const& who, Message message, Accepted accepted) const;

 private:
  [[nodiscard]] Topic const* taker_of(std::string_view topic) const;

  std::vector<Topic> all_;
};

/// Both must be valid; a named level is never empty.
bool pattern_matches(std::string_view pattern, std::string_view topic);

/// The level that a pattern calls `{name}`, of a topic that it matches; nothing: it does not.
std::optional<std::string_view> named_level(std::string_view pattern, std::string_view name, std::string_view topic);

/// What the listener asks: keys are the password, or without one the common name of a checked client certificate is the device's
/// serial; what they may is in `topics`. Both outlive it.
std::unique_ptr<ListenerHandler> handler_of(Topics const& topics, Authenticator& authenticator);

}  // namespace madang::web::mqtt
