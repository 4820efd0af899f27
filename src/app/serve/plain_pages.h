// What a person sees instead of the page that was asked for: there is no such page, or the server refused; programs get the same
// refusals as JSON.
#pragma once

#include "city/model.h"
#include "modules/permissions.h"
#include "runtime/messages.h"
#include "web/html/navigation.h"
#include "web/http/http.h"

namespace madang::app {

struct PlainPages {
  runtime::Messages const& messages;
  web::Navigation const& navigation;
  city::Name city;
  modules::Permissions const& permissions;

  [[nodiscard]] web::Response missing(web::Request const& request) const;
  /// The kind of refusal, and the refusal itself in the reader's language; in English where it has no other words.
  [[nodiscard]] web::Response refused(web::Request const& request, Error const& error) const;
  /// What the reader may not do, and whom to ask.
  [[nodiscard]] web::Response denied(web::Request const& request, web::Permission const& permission) const;

 private:
  [[nodiscard]] web::Response page(web::Request const& request, web::Reader const& reader, std::string const& title,
                                   web::markup::Html const& told, int status) const;
};

}  // namespace madang::app
