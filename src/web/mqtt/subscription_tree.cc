#include "web/mqtt/subscription_tree.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "web/mqtt/topic.h"

namespace madang::web::mqtt {
namespace {

/// The first level, and what follows its '/'; nothing follows: nullopt.
std::pair<std::string_view, std::optional<std::string_view>> first_level(std::string_view topic) {
  auto const slash = topic.find('/');
  if (slash == std::string_view::npos) return {topic, std::nullopt};
  return {topic.substr(0, slash), topic.substr(slash + 1)};
}

void merge(std::vector<Subscription>& out, std::size_t begin, Subscription const& found) {
  auto const same = std::find_if(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(),
                                 [&](Subscription const& s) { return s.subscriber == found.subscriber; });
  if (same == out.end()) {
    out.push_back(found);
    return;
  }
  same->qos = std::max(same->qos, found.qos);
  same->no_local = same->no_local && found.no_local;
  same->retain_as_published = same->retain_as_published || found.retain_as_published;
}

}  // namespace

bool SubscriptionTree::add(std::string_view filter, Subscription subscription) {
  Node* node = &root_;
  TopicLevels levels{filter};
  while (auto const level = levels.next()) {
    auto found = node->children.find(*level);
    if (found == node->children.end())
      found = node->children.emplace(std::string{*level}, std::make_unique<Node>()).first;
    node = found->second.get();
  }
  auto const old = std::ranges::find(node->subscriptions, subscription.subscriber, &Subscription::subscriber);
  if (old != node->subscriptions.end()) {
    *old = subscription;
    return false;
  }
  node->subscriptions.push_back(subscription);
  ++size_;
  return true;
}

bool SubscriptionTree::remove_below(Node& node, std::string_view filter, Address subscriber) {
  auto const [level, rest] = first_level(filter);
  auto const child = node.children.find(level);
  if (child == node.children.end()) return false;
  bool const removed = rest ? remove_below(*child->second, *rest, subscriber)
                            : std::erase_if(child->second->subscriptions, [&](Subscription const& s) {
                                return s.subscriber == subscriber;
                              }) > 0;
  if (child->second->empty()) node.children.erase(child);
  return removed;
}

bool SubscriptionTree::remove(std::string_view filter, Address subscriber) {
  bool const removed = remove_below(root_, filter, subscriber);
  if (removed) --size_;
  return removed;
}

template <typename Take>
void SubscriptionTree::walk(Node const& node, std::string_view topic, bool wildcards, Take const& take) {
  auto const [level, rest] = first_level(topic);
  auto const enter = [&, below = rest](std::string_view name) {
    auto const child = node.children.find(name);
    if (child == node.children.end()) return;
    if (below) return walk(*child->second, *below, true, take);
    take(*child->second);
    // "a/#" also matches "a" itself.
    if (auto const all = child->second->children.find(std::string_view{"#"}); all != child->second->children.end())
      take(*all->second);
  };
  enter(level);
  if (!wildcards) return;
  enter("+");
  if (auto const all = node.children.find(std::string_view{"#"}); all != node.children.end()) take(*all->second);
}

void SubscriptionTree::match(std::string_view topic, std::vector<Subscription>& out) const {
  auto const begin = out.size();
  walk(root_, topic, !topic.starts_with('$'), [&](Node const& node) {
    for (auto const& s : node.subscriptions) merge(out, begin, s);
  });
}

bool SubscriptionTree::has_match(std::string_view topic) const {
  bool found = false;
  walk(root_, topic, !topic.starts_with('$'), [&](Node const& node) { found = found || !node.subscriptions.empty(); });
  return found;
}

}  // namespace madang::web::mqtt
