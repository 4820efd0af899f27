// Who subscribed to what, as a tree of topic levels: a message finds its subscribers in the depth of its topic,
// however many there are.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "web/mqtt/forwarded.h"

namespace madang::web::mqtt {

struct Subscription {
  Address subscriber;
  std::uint8_t qos = 0;
  bool no_local = false;
  bool retain_as_published = false;
};

/// Not thread-safe. Filters must be valid.
class SubscriptionTree {
 public:
  /// One subscriber has one subscription per filter: the new one replaces the old. True: there was none.
  bool add(std::string_view filter, Subscription subscription);
  /// False: there was none.
  bool remove(std::string_view filter, Address subscriber);
  /// Appends; a client with overlapping filters appears once, with its highest QoS.
  void match(std::string_view topic, std::vector<Subscription>& out) const;
  [[nodiscard]] bool has_match(std::string_view topic) const;
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Node {
    std::unordered_map<std::string, std::unique_ptr<Node>, TextHash, std::equal_to<>> children;
    std::vector<Subscription> subscriptions;
    [[nodiscard]] bool empty() const { return children.empty() && subscriptions.empty(); }
  };
  /// Calls `take` with every node whose filter matches.
  template <typename Take>
  static void walk(Node const& node, std::string_view topic, bool wildcards, Take const& take);
  static bool remove_below(Node& node, std::string_view filter, Address subscriber);

  Node root_;
  std::size_t size_ = 0;
};

}  // namespace madang::web::mqtt
