// Finds the route of a path: fixed parts win over {name}, {name} over {rest*}. Built once, then read-only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "web/http/http.h"

namespace madang::web {

class Router {
 public:
  /// kInvalid: a pattern without leading '/', with a broken {name}, a {rest*} that is not last, or a method and
  /// pattern declared twice.
  static Result<Router> build(Routes routes);
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  struct Match {
    Routes::Route const* route = nullptr;  ///< nullptr: none
    Fields parameters;
    std::string allow;     ///< when the path exists with other methods: "GET, HEAD, OPTIONS"
    bool is_public = false;  ///< the path can be read by everybody (for CORS)
  };
  /// `raw_path` is still percent-encoded: an encoded slash stays inside its part. HEAD finds GET routes. kInvalid: a
  /// broken escape.
  [[nodiscard]] Result<Match> find(Method method, std::string_view raw_path) const;

 private:
  struct Node;
  struct Search;
  explicit Router(Routes routes);
  Result<void> add(Routes::Route const& route);

  Routes routes_;
  std::unique_ptr<Node> root_;
};

std::string_view name_of(Method method);

}  // namespace madang::web
