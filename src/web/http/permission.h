// Who may call a route, as data: everybody, a device, somebody who holds a permission. Domains name the permissions they
// ask for; what somebody holds comes from roles (src/city/roles.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.h"

namespace madang::web {

/// What somebody may be allowed to do, such as "situations.work": small letters and one dot. Two of a name are one.
struct Permission {
  static constexpr std::size_t kLengthMax = 47;
  char text[kLengthMax + 1] = {};  ///< public, because only then it can be a template argument

  constexpr Permission() = default;
  template <std::size_t N>
  consteval Permission(char const (&literal)[N]) {  // NOLINT(google-explicit-constructor): a route names it in place
    static_assert(N > 3 && N - 1 <= kLengthMax);
    std::size_t dots = 0;
    for (std::size_t i = 0; i + 1 < N; ++i) {
      char const c = literal[i];
      bool const letter = (c >= 'a' && c <= 'z') || c == '_';
      if (c == '.') ++dots;
      if (!letter && c != '.') throw "a permission is written with small letters, '_' and one dot";
      text[i] = c;
    }
    if (dots != 1) throw "a permission is written with one dot";
  }
  [[nodiscard]] constexpr std::string_view name() const { return text; }
  friend constexpr bool operator==(Permission const&, Permission const&) = default;
};

/// Who may call a route. A template argument of every route, so that it cannot be forgotten; a Permission is one, and asks
/// for it in the whole city.
struct Access {
  enum class Who : std::uint8_t {
    kEverybody,
    kDevice,
    kSignedIn,
    kLocal,
    kHolder,           ///< of the permission, in the whole city
    kHolderSomewhere,  ///< at least in one Area; the handler asks in which
  };
  Who who;
  Permission permission = {};

  constexpr explicit Access(Who w) : who(w) {}
  constexpr Access(Who w, Permission const& p) : who(w), permission(p) {}
  constexpr Access(Permission const& p) : Access(Who::kHolder, p) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] constexpr bool is_public() const { return who == Who::kEverybody; }
  /// Devices and the local command line show a key; people have a login.
  [[nodiscard]] constexpr bool wants_key() const { return who == Who::kDevice || who == Who::kLocal; }

  static Access const kPublic;    ///< everybody; CORS *; a budget per address
  static Access const kDevice;    ///< needs a key with the right to write observations or Things
  static Access const kSignedIn;  ///< needs a login and nothing else
  static Access const kLocal;     ///< the command line of the server's own user: the data directory's key
};

inline constexpr Access Access::kPublic{Who::kEverybody};
inline constexpr Access Access::kDevice{Who::kDevice};
inline constexpr Access Access::kSignedIn{Who::kSignedIn};
inline constexpr Access Access::kLocal{Who::kLocal};

/// For a route whose handler asks Principal::may_in itself, of the Area that the request turns out to be about.
constexpr Access in_some_area(Permission const& permission) { return {Access::Who::kHolderSomewhere, permission}; }

/// What somebody holds: each permission in the whole city or in some Areas with all below them. Of several roles one gives
/// and none takes away.
class Grants {
 public:
  /// Every permission there is, also of modules that come later.
  static constexpr std::string_view kEvery = "*";

  void give(std::string_view permission) { held_[std::string{permission}].everywhere = true; }
  void give(std::string_view permission, AreaId area) {
    auto& areas = held_[std::string{permission}].areas;
    if (std::ranges::find(areas, area) == areas.end()) areas.push_back(area);
  }

  [[nodiscard]] bool everywhere(std::string_view permission) const {
    return holds(permission, [](Where const& where) { return where.everywhere; });
  }
  [[nodiscard]] bool somewhere(std::string_view permission) const {
    return holds(permission, [](Where const&) { return true; });
  }
  /// `path`: an Area and all above it.
  [[nodiscard]] bool in(std::string_view permission, std::span<AreaId const> path) const {
    return holds(permission, [path](Where const& where) {
      return where.everywhere || std::ranges::find_first_of(path, where.areas) != path.end();
    });
  }
  /// Of the permission itself and of those who hold every one; empty where it is held nowhere or everywhere.
  [[nodiscard]] std::vector<AreaId> areas(std::string_view permission) const {
    std::vector<AreaId> all;
    if (everywhere(permission)) return all;
    for (auto const name : {permission, kEvery})
      if (auto const found = held_.find(name); found != held_.end())
        all.insert(all.end(), found->second.areas.begin(), found->second.areas.end());
    return all;
  }

 private:
  struct Where {
    bool everywhere = false;
    std::vector<AreaId> areas;
  };
  template <typename Suffices>
  [[nodiscard]] bool holds(std::string_view permission, Suffices const& suffices) const {
    for (auto const name : {permission, kEvery})
      if (auto const found = held_.find(name); found != held_.end() && suffices(found->second)) return true;
    return false;
  }

  std::map<std::string, Where, std::less<>> held_;
};

}  // namespace madang::web
