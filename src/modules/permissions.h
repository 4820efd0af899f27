// The permissions that modules declare: which there are, what each lets somebody do in words, which roles that come with
// the program hold it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/messages.h"
#include "web/html/page_frame.h"
#include "web/http/http.h"

namespace madang::modules {

// Roles that come with the program. The administrator holds every permission, also of modules that come later.
inline constexpr std::string_view kAdministrator = "administrator";
inline constexpr std::string_view kOperator = "operator";  ///< works in the control room
inline constexpr std::string_view kReader = "reader";      ///< sees what operators see, and changes nothing

struct DeclaredPermission {
  web::Permission permission;
  /// Key of what it lets somebody do, such as "see situations that are not public": stands after "is allowed to".
  std::string_view words;
  /// Of the roles above, besides the administrator.
  std::vector<std::string_view> roles = {};
};

/// Of all modules together. Does not change while the program runs.
class Permissions {
 public:
  /// Each has a name of its own.
  explicit Permissions(std::vector<DeclaredPermission> all = {});

  [[nodiscard]] std::vector<DeclaredPermission> const& all() const { return all_; }
  /// nullptr: no module declares it.
  [[nodiscard]] DeclaredPermission const* find(std::string_view name) const;
  /// What a role that comes with the program holds; empty where there is no such role.
  [[nodiscard]] std::vector<std::string_view> of_role(std::string_view role) const;

  /// In the reader's language: what it lets somebody do; its name where no module declares it.
  [[nodiscard]] std::string words_of(web::Voice const& voice, std::string_view name) const;
  /// The same: what is needed, and whom to ask.
  [[nodiscard]] std::string denied_text(web::Voice const& voice, web::Permission const& permission) const;
  /// 403 for programs, with that text.
  [[nodiscard]] web::Response denial(runtime::Messages const& messages, web::Request const& request,
                                     web::Permission const& permission) const;

 private:
  std::vector<DeclaredPermission> all_;  ///< by name
};

}  // namespace madang::modules
