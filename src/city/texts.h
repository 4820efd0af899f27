// Texts by language tag. Behaves like a map; a copy shares the memory until one of the two is changed, because a
// city repeats the same few names in a great many entities.
#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace madang::city {

/// Distinct objects may be used by distinct threads, also when they share memory. A reference from operator[] is
/// meant to be assigned to at once.
class Texts {
 public:
  using Map = std::map<std::string, std::string, std::less<>>;
  using value_type = Map::value_type;
  using const_iterator = Map::const_iterator;

  Texts() = default;
  Texts(std::initializer_list<value_type> texts) : Texts(Map(texts)) {}
  Texts(Map map) : map_(map.empty() ? nullptr : std::make_shared<Map const>(std::move(map))) {}

  [[nodiscard]] const_iterator begin() const { return map().begin(); }
  [[nodiscard]] const_iterator end() const { return map().end(); }
  [[nodiscard]] std::size_t size() const { return map().size(); }
  [[nodiscard]] bool empty() const { return map().empty(); }
  [[nodiscard]] bool contains(std::string_view language) const { return map().contains(language); }
  [[nodiscard]] const_iterator find(std::string_view language) const { return map().find(language); }

  std::string& operator[](std::string const& language) { return own()[language]; }
  void emplace(std::string_view language, std::string_view text) { own().emplace(language, text); }
  void insert_or_assign(std::string const& language, std::string text) {
    own().insert_or_assign(language, std::move(text));
  }

  friend bool operator==(Texts const& a, Texts const& b) { return a.map_ == b.map_ || a.map() == b.map(); }
  friend bool operator<(Texts const& a, Texts const& b) { return a.map() < b.map(); }

 private:
  [[nodiscard]] Map const& map() const {
    static Map const kNone;
    return map_ ? *map_ : kNone;
  }
  /// Always a fresh copy: what is shared is never written to.
  Map& own() {
    auto fresh = std::make_shared<Map>(map());
    auto& map = *fresh;
    map_ = std::move(fresh);
    return map;
  }

  std::shared_ptr<Map const> map_;
};

}  // namespace madang::city
