#include "web/http/router.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <utility>

#include "web/http/url.h"

namespace madang::web {
namespace {

constexpr std::size_t kMethods = 7;
constexpr std::size_t kPartsMax = 32;

std::size_t index_of(Method method) { return static_cast<std::size_t>(method); }

/// A part of a path: as sent, or decoded when it holds an escape.
class PathPart {
 public:
  static Result<PathPart> of(std::string_view raw) {
    PathPart part;
    part.raw_ = raw;
    if (raw.contains('%')) {
      MADANG_TRY(part.decoded_, percent_decode(raw));
      part.is_decoded_ = true;
    }
    return part;
  }
  [[nodiscard]] std::string_view text() const { return is_decoded_ ? std::string_view{decoded_} : raw_; }
  [[nodiscard]] char const* begin_of_raw() const { return raw_.data(); }

 private:
  std::string_view raw_;
  std::string decoded_;
  bool is_decoded_ = false;
};

struct End {
  std::array<Routes::Route const*, kMethods> routes{};
  std::array<std::vector<std::string>, kMethods> names;
};

}  // namespace

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> fixed;
  std::unique_ptr<Node> parameter;
  std::unique_ptr<End> end;
  std::unique_ptr<End> rest;
};

/// Walks the tree depth first, most exact part first, until an end has the method.
struct Router::Search {
  Method method;
  std::string_view raw_path;
  std::vector<PathPart> parts;
  std::vector<std::string_view> values;
  unsigned allowed = 0;
  bool is_public = false;
  Routes::Route const* found = nullptr;
  std::vector<std::string> const* names = nullptr;
  std::string rest;

  [[nodiscard]] bool take(End const& end) {
    for (std::size_t m = 0; m < kMethods; ++m)
      if (end.routes[m] != nullptr) allowed |= 1u << m;
    auto const* get = end.routes[index_of(Method::kGet)];
    is_public = is_public || (get != nullptr && get->access.is_public());
    auto const wanted = method == Method::kHead && end.routes[index_of(Method::kHead)] == nullptr ? Method::kGet : method;
    found = end.routes[index_of(wanted)];
    names = &end.names[index_of(wanted)];
    return found != nullptr;
  }

  [[nodiscard]] bool walk(Node const& node, std::size_t depth) {
    if (depth == parts.size()) return node.end != nullptr && take(*node.end);
    if (auto const next = node.fixed.find(parts[depth].text()); next != node.fixed.end())
      if (walk(*next->second, depth + 1)) return true;
    if (node.parameter && !parts[depth].text().empty()) {
      values.push_back(parts[depth].text());
      if (walk(*node.parameter, depth + 1)) return true;
      values.pop_back();
    }
    if (!node.rest || !take(*node.rest)) return false;
    // Decoded as a whole: the parts were decoded without an error before, so this cannot fail.
    auto const offset = static_cast<std::size_t>(parts[depth].begin_of_raw() - raw_path.data());
    rest = percent_decode(raw_path.substr(offset)).value_or("");
    values.emplace_back(rest);
    return true;
  }
};

Router::Router(Routes routes) : routes_(std::move(routes)), root_(std::make_unique<Node>()) {}
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

Result<Router> Router::build(Routes routes) {
  Router router(std::move(routes));
  for (auto const& route : router.routes_.all()) MADANG_CHECK(router.add(route));
  return router;
}

Result<void> Router::add(Routes::Route const& route) {
  std::string_view const pattern = route.pattern;
  auto const broken = [&](std::string_view why) {
    return fail(Code::kInvalid, fmt::format("route {}: {}", pattern, why));
  };
  if (!pattern.starts_with('/')) return broken("must start with '/'");
  Node* node = root_.get();
  std::unique_ptr<End>* end = nullptr;
  std::vector<std::string> names;
  std::string_view left = pattern.substr(1);
  for (bool last = false; !last;) {
    auto const slash = left.find('/');
    last = slash == std::string_view::npos;
    auto const part = left.substr(0, slash);
    if (!last) left = left.substr(slash + 1);
    if (part.starts_with('{')) {
      bool const rest = part.ends_with("*}");
      if (!part.ends_with('}') || part.size() < (rest ? 4u : 3u)) return broken("a parameter is {name} or {name*}");
      if (rest && !last) return broken("{name*} must be the last part");
      names.emplace_back(part.substr(1, part.size() - (rest ? 3 : 2)));
      if (rest) {
        end = &node->rest;
        break;
      }
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
    } else {
      auto& next = node->fixed[std::string{part}];
      if (!next) next = std::make_unique<Node>();
      node = next.get();
    }
  }
  if (end == nullptr) end = &node->end;
  if (!*end) *end = std::make_unique<End>();
  auto& slot = (*end)->routes[index_of(route.method)];
  if (slot != nullptr) return broken(fmt::format("{} is declared twice", name_of(route.method)));
  slot = &route;
  (*end)->names[index_of(route.method)] = std::move(names);
  return {};
}

Result<Router::Match> Router::find(Method method, std::string_view raw_path) const {
  Match match;
  if (!raw_path.starts_with('/')) return match;
  Search search{.method = method, .raw_path = raw_path, .parts = {}, .values = {}, .rest = {}};
  std::string_view left = raw_path.substr(1);
  for (bool last = false; !last;) {
    auto const slash = search.parts.size() + 1 == kPartsMax ? std::string_view::npos : left.find('/');
    last = slash == std::string_view::npos;
    MADANG_TRY(auto part, PathPart::of(left.substr(0, slash)));
    search.parts.push_back(std::move(part));
    if (!last) left = left.substr(slash + 1);
  }
  bool const found = search.walk(*root_, 0);
  match.is_public = search.is_public;
  if (found) {
    match.route = search.found;
    for (std::size_t i = 0; i < search.values.size(); ++i)
      match.parameters.emplace_back((*search.names)[i], std::string{search.values[i]});
    return match;
  }
  if (search.allowed == 0) return match;
  for (std::size_t m = 0; m < kMethods; ++m) {
    if ((search.allowed & 1u << m) == 0) continue;
    match.allow += fmt::format("{}{}", match.allow.empty() ? "" : ", ", name_of(static_cast<Method>(m)));
    if (static_cast<Method>(m) == Method::kGet) match.allow += ", HEAD";
  }
  match.allow += ", OPTIONS";
  return match;
}

std::string_view name_of(Method method) {
  switch (method) {
    case Method::kGet: return "GET";
    case Method::kHead: return "HEAD";
    case Method::kPost: return "POST";
    case Method::kPut: return "PUT";
    case Method::kPatch: return "PATCH";
    case Method::kDelete: return "DELETE";
    case Method::kOptions: return "OPTIONS";
  }
  return "GET";
}

}  // namespace madang::web
