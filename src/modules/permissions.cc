#include "modules/permissions.h"

#include <algorithm>

#include "core/error.h"
#include "core/json_writer.h"

namespace madang::modules {
namespace {

std::string_view name_of(DeclaredPermission const& declared) { return declared.permission.name(); }

}  // namespace

Permissions::Permissions(std::vector<DeclaredPermission> all) : all_(std::move(all)) {
  std::ranges::sort(all_, {}, name_of);
  MADANG_ASSERT(std::ranges::adjacent_find(all_, {}, name_of) == all_.end());
}

DeclaredPermission const* Permissions::find(std::string_view name) const {
  auto const found = std::ranges::lower_bound(all_, name, {}, name_of);
  return found == all_.end() || name_of(*found) != name ? nullptr : &*found;
}

std::vector<std::string_view> Permissions::of_role(std::string_view role) const {
  if (role == kAdministrator) return {web::Grants::kEvery};
  std::vector<std::string_view> names;
  for (auto const& declared : all_)
    if (std::ranges::find(declared.roles, role) != declared.roles.end()) names.push_back(name_of(declared));
  return names;
}

std::string Permissions::denied_text(web::Voice const& voice, web::Permission const& permission) const {
  return voice.say("access.denied", {{"permission", words_of(voice, permission.name())}});
}

std::string Permissions::words_of(web::Voice const& voice, std::string_view name) const {
  auto const* const declared = find(name);
  return declared == nullptr ? std::string{name} : voice.say(declared->words);
}

web::Response Permissions::denial(runtime::Messages const& messages, web::Request const& request,
                                  web::Permission const& permission) const {
  auto const reader = web::reader_of(request, messages);
  web::Voice const voice{messages, reader.language};
  JsonWriter w;
  w.begin_object().field("code", madang::name_of(Code::kForbidden)).field("key", "access.denied");
  w.key("arguments").begin_object().field("permission", words_of(voice, permission.name())).end_object();
  w.field("permission", permission.name()).field("message", denied_text(voice, permission)).end_object();
  auto response = web::json(w.take(), 403);
  response.headers.emplace_back("Vary", "Cookie, Accept-Language");
  return response;
}

}  // namespace madang::modules
