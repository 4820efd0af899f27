#include "web/http/http.h"

#include <algorithm>
#include <functional>

#include "core/json_writer.h"
#include "web/forms/forms.h"
#include "web/http/etag.h"

namespace madang::web {
namespace {

std::string_view find(Fields const& fields, std::string_view name) {
  for (auto const& [key, value] : fields)
    if (key == name) return value;
  return {};
}

}  // namespace

std::string_view Request::header(std::string_view lower_case_name) const { return find(headers, lower_case_name); }

std::string_view Request::parameter(std::string_view name) const { return find(path_parameters, name); }

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (auto const& [key, value] : query)
    if (key == name) return value;
  return std::nullopt;
}

std::optional<std::string> Request::cookie(std::string_view name) const {
  return cookie_value(header("cookie"), name);
}

bool Principal::may(Permission const& permission) const {
  return kind == Kind::kLocal || (grants && grants->everywhere(permission.name()));
}

bool Principal::may_somewhere(Permission const& permission) const {
  return kind == Kind::kLocal || (grants && grants->somewhere(permission.name()));
}

bool Principal::may_in(Permission const& permission, std::span<AreaId const> path) const {
  return kind == Kind::kLocal || (grants && grants->in(permission.name(), path));
}

Response json(std::string body, int status) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

Response html(std::string body, int status) {
  Response response;
  response.status = status;
  response.content_type = "text/html; charset=utf-8";
  response.body = std::move(body);
  return response;
}

Response redirect(std::string location) {
  Response response;
  response.status = 303;
  response.content_type = "text/plain; charset=utf-8";
  response.headers.emplace_back("location", std::move(location));
  return response;
}

std::string_view message_key_of(Code code) {
  switch (code) {
    case Code::kInvalid: return "refusal.invalid";
    case Code::kUnauthorized: return "refusal.unauthorized";
    case Code::kForbidden: return "refusal.forbidden";
    case Code::kNotFound: return "refusal.not_found";
    case Code::kConflict: return "refusal.conflict";
    case Code::kLimit: return "refusal.limit";
    case Code::kOverloaded: return "refusal.overloaded";
    case Code::kUnsupported: return "refusal.unsupported";
    case Code::kCorrupt: return "refusal.corrupt";
    case Code::kFull: return "refusal.full";
    case Code::kUnavailable: return "refusal.unavailable";
    case Code::kInternal: break;
  }
  return "refusal.internal";
}

namespace {

void write_wording(JsonWriter& body, Wording const& wording) {
  body.field("key", wording.key).key("arguments").begin_object();
  for (auto const& [name, argument] : wording.arguments)
    std::visit([&](auto const& value) { body.field(name, value); }, argument.value);
  body.end_object();
  if (!wording.field.empty()) body.field("field", wording.field);
}

constexpr std::size_t kFieldBytesMax = 200;

/// The field that a sentence without a text of its own begins with: "result" of "result: a number expected", "$filter",
/// "/0/dataArray/17", "Datastreams/0/name". Only of what is wrong with a request; empty: it names none.
std::string_view field_in(Error const& error) {
  bool const of_request = error.code == Code::kInvalid || error.code == Code::kConflict || error.code == Code::kLimit ||
                          error.code == Code::kUnsupported || error.code == Code::kNotFound;
  auto const colon = error.sentence.find(": ");
  if (!of_request || colon == std::string::npos || colon == 0 || colon > kFieldBytesMax) return {};
  auto const field = std::string_view{error.sentence}.substr(0, colon);
  auto const is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  auto const fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || std::string_view{"_$@./-"}.contains(c); };
  bool const begins = is_letter(field.front()) || std::string_view{"$@/"}.contains(field.front());
  return begins && std::ranges::all_of(field, fits) ? field : std::string_view{};
}

}  // namespace

Response error_response(Error const& error) {
  JsonWriter body;
  body.begin_object().field("code", name_of(error.code));
  if (error.wording)
    write_wording(body, *error.wording);
  else
    body.field("key", message_key_of(error.code));
  if (auto const field = error.wording ? std::string_view{} : field_in(error); !field.empty()) body.field("field", field);
  body.field("message", error.sentence).end_object();
  auto response = json(body.take(), http_status_of(error.code));
  if (response.status == 429) response.headers.emplace_back("retry-after", "1");
  if (response.status == 503) response.headers.emplace_back("retry-after", "2");
  if (response.status == 401) response.headers.emplace_back("www-authenticate", "Bearer");
  return response;
}

Response with_etag(Request const& request, Response response) {
  if (response.status != 200 || (request.method != Method::kGet && request.method != Method::kHead)) return response;
  auto tag = weak_etag(response.static_body.empty() ? std::string_view{response.body} : response.static_body);
  if (etag_matches(request.header("if-none-match"), tag)) {
    response.status = 304;
    response.body.clear();
    response.static_body = {};
  }
  response.headers.emplace_back("etag", std::move(tag));
  return response;
}

}  // namespace madang::web
