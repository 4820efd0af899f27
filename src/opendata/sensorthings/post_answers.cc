#include "opendata/sensorthings/post_answers.h"

#include <array>
#include <charconv>
#include <utility>

#include "core/json_writer.h"
#include "opendata/sensorthings/entity_json.h"

namespace madang::opendata {
namespace {

void append_number(std::string& out, std::int64_t number) {
  std::array<char, 24> buffer{};
  auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  out.append(buffer.data(), end);
}

}  // namespace

web::Response created(std::string_view base, EntityRef ref) {
  auto link = self_link(base, ref);
  JsonWriter w;
  w.begin_object().field("@iot.id", ref.id).field("@iot.selfLink", link).end_object();
  auto response = web::json(w.take(), 201);
  response.headers.emplace_back("Location", std::move(link));
  return response;
}

web::Response created_all(std::string_view base, std::vector<std::uint32_t> const& elements, std::vector<std::string> const& whys,
                          storage::Appended const& appended) {
  auto why = whys.begin();
  std::string body;
  body.reserve(elements.size() * (base.size() + 36) + 2);
  body += '[';
  for (auto const index : elements) {
    if (body.size() > 1) body += ',';
    if (index == DataArrays::kRefused) {
      append_json_string(body, why == whys.end() ? std::string("error") : "error " + *why++);
      continue;
    }
    body += '"';
    body += base;
    body += "/Observations(";
    append_number(body, appended.entries[index].id.value());
    body += ")\"";
  }
  body += ']';
  return web::json(std::move(body), 201);
}

sensing::Outcomes outcomes_of(std::vector<std::uint32_t> const& elements, storage::Appended const& appended) {
  using Outcome = storage::Appended::Outcome;
  sensing::Outcomes out;
  std::vector<bool> seen(appended.entries.size());
  for (auto const index : elements) {
    if (index == DataArrays::kRefused) {
      ++out.refused;
    } else if (seen[index] || appended.entries[index].outcome == Outcome::kRepeated) {
      ++out.repeated;
    } else {
      ++(appended.entries[index].outcome == Outcome::kSuperseded ? out.superseded : out.stored);
    }
    if (index != DataArrays::kRefused) seen[index] = true;
  }
  return out;
}

std::string header_text(std::vector<std::string> const& reasons) {
  std::string text;
  for (auto const& reason : reasons) {
    if (!text.empty()) text += " | ";
    for (char const c : reason) text += c >= ' ' && c < 0x7f ? c : '?';
  }
  return text;
}

}  // namespace madang::opendata
