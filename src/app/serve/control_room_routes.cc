#include "app/serve/control_room_routes.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "runtime/refusal.h"

namespace madang::app {
namespace {

using Files = std::map<std::string, std::string_view, std::less<>>;

std::string_view content_type_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kTypes{{{".html", "text/html; charset=utf-8"},
                                                                                 {".js", "text/javascript; charset=utf-8"},
                                                                                 {".css", "text/css; charset=utf-8"},
                                                                                 {".json", "application/json"},
                                                                                 {".svg", "image/svg+xml"},
                                                                                 {".png", "image/png"},
                                                                                 {".ico", "image/x-icon"},
                                                                                 {".webmanifest", "application/manifest+json"}}};
  auto const found = std::ranges::find_if(kTypes, [&](auto const& t) { return name.ends_with(t.first); });
  return found == kTypes.end() ? "application/octet-stream" : found->second;
}

Result<web::Response> send(Files const& files, std::string const& name, web::Request const& request) {
  auto const plain = files.find(name);
  if (plain == files.end()) return runtime::refuse(Code::kNotFound, "refusal.request.nothing_there", {{"path", "/control/" + name}});
  web::Response response;
  response.content_type = content_type_of(name);
  response.static_body = plain->second;
  response.headers.emplace_back("Vary", "Accept-Encoding");
  bool const hashed = name.starts_with("assets/");
  response.headers.emplace_back("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
  // A packed page cannot be given the prefix of its addresses.
  bool const as_it_is = request.prefix.empty() || !name.ends_with(".html");
  auto const accepted = as_it_is ? request.header("accept-encoding") : std::string_view{};
  for (auto const& [coding, suffix] : {std::pair{"br", ".br"}, std::pair{"gzip", ".gz"}}) {
    auto const packed = files.find(name + suffix);
    if (packed == files.end() || accepted.find(coding) == std::string_view::npos) continue;
    response.static_body = packed->second;
    response.headers.emplace_back("Content-Encoding", coding);
    break;
  }
  return web::with_range(request, std::move(response));
}

}  // namespace

web::Routes control_room_routes(std::span<runtime::EmbeddedFile const> embedded) {
  auto const files = std::make_shared<Files>();
  for (auto const& file : embedded) files->emplace(file.name, file.bytes);
  web::Routes r;
  auto page = [files](web::Request const& q) -> Result<web::Response> {
    if (files->empty())
      return fail(Code::kUnavailable, "this binary was built without the control room; build it with tools/build release");
    return send(*files, "index.html", q);
  };
  r.get<web::Access::kPublic>("/control", page, web::Work::kInline);
  r.get<web::Access::kPublic>(
      "/control/{rest*}",
      [files, page](web::Request const& q) -> Result<web::Response> {
        std::string const name{q.parameter("rest")};
        return files->contains(name) || name.starts_with("assets/") ? send(*files, name, q) : page(q);
      },
      web::Work::kInline);
  return r;
}

}  // namespace madang::app
