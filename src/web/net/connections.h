// The connections of one network thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "web/net/guarded.h"

namespace madang::web::net {

/// Used on that thread. A Connection has close(), which calls forget().
template <typename Connection>
class Connections {
 public:
  /// `module`: whose connections these are, in log lines.
  explicit Connections(std::string_view module) : module_(module) {}

  void add(std::uint64_t number, std::shared_ptr<Connection> connection) { all_.emplace(number, std::move(connection)); }
  /// False: it is not here.
  bool forget(std::uint64_t number) { return all_.erase(number) > 0; }
  /// Nothing: it has left meanwhile.
  [[nodiscard]] std::shared_ptr<Connection> find(std::uint64_t number) const {
    auto const at = all_.find(number);
    return at == all_.end() ? nullptr : at->second;
  }
  [[nodiscard]] bool empty() const { return all_.empty(); }

  /// Over a copy, since connections leave while something happens to them. One where `act` throws is closed.
  template <typename Act>
  void each(Act&& act) {
    std::vector<std::shared_ptr<Connection>> now;
    now.reserve(all_.size());
    for (auto const& [number, connection] : all_) now.push_back(connection);
    for (auto const& connection : now) at(connection, [&] { act(*connection); });
  }

  /// The same for one, which `act` stands for.
  template <typename Act>
  void at(std::shared_ptr<Connection> const& connection, Act&& act) {
    guarded(module_, std::forward<Act>(act), [&] { connection->close(); });
  }

 private:
  std::string_view const module_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> all_;
};

}  // namespace madang::web::net
