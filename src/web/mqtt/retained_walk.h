// What a client that subscribed still has to get of the retained messages: slice by slice, so that neither the hub nor a mailbox
// holds all of them at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace madang::web::mqtt {

/// Filter by filter, in the order of topics; a message that several of them want goes once.
class RetainedWalk {
 public:
  [[nodiscard]] bool is_over() const { return at_ >= wanted_.size(); }
  [[nodiscard]] std::size_t filters() const { return wanted_.size(); }
  /// Replaces the same filter. Before the first slice.
  void add(std::string_view filter, std::uint8_t qos);
  void remove(std::string_view filter);

  /// What is walked now; not when it is over.
  [[nodiscard]] std::string const& filter() const { return wanted_[at_].filter; }
  /// The last topic that was looked at; empty: none yet.
  [[nodiscard]] std::string const& after() const { return after_; }
  void stop_after(std::string_view topic) { after_ = topic; }
  void go_to_next_filter();
  /// The highest QoS at which a topic that matches filter() is wanted; nothing: it was sent for a filter before this.
  [[nodiscard]] std::optional<std::uint8_t> qos_for(std::string_view topic) const;

 private:
  struct Wanted {
    std::string filter;
    std::uint8_t qos = 0;
  };
  std::vector<Wanted> wanted_;
  std::size_t at_ = 0;
  std::string after_;
};

}  // namespace madang::web::mqtt
