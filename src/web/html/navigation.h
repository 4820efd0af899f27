// Which pages there are, as links that stand on top of every page: each reader sees those that are open to him, and no other.
#pragma once

#include <string_view>
#include <vector>

#include "web/html/page_frame.h"
#include "web/http/http.h"

namespace madang::web {

struct PageLink {
  std::string_view path;
  std::string_view words;           ///< key of what it is called
  Access access = Access::kPublic;  ///< whom the page lets see what it is for
  int rank = 0;                     ///< smaller ones stand first
  bool signed_out_only = false;     ///< is no use to somebody who has signed in
};

/// Of all modules. Does not change while the program runs.
class Navigation {
 public:
  explicit Navigation(std::vector<PageLink> links = {});

  [[nodiscard]] std::vector<PageLink> const& links() const { return links_; }
  /// Those that are open to `who`, with that of `here` marked; nothing where there is none.
  [[nodiscard]] markup::Html of(Voice const& voice, Principal const& who, std::string_view here) const;

 private:
  std::vector<PageLink> links_;  ///< by rank
};

/// The same where a page may be shown without any.
markup::Html links_of(Navigation const* navigation, Voice const& voice, Principal const& who, std::string_view here);

/// Whether somebody comes through a door of this kind; without asking who somebody is, as `who` says it.
bool is_open_to(Access const& access, Principal const& who);

}  // namespace madang::web
