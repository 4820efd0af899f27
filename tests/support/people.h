// Somebody who has signed in, for tests of what he is shown and allowed.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "web/http/http.h"

namespace madang::test {

/// In one Area, or in the whole city.
inline web::Principal person_who_may(std::string name, std::initializer_list<std::string_view> permissions, AreaId where = {}) {
  auto grants = std::make_shared<web::Grants>();
  for (auto const permission : permissions) where ? grants->give(permission, where) : grants->give(permission);
  web::Principal who;
  who.kind = web::Principal::Kind::kPerson;
  who.name = std::move(name);
  who.grants = std::move(grants);
  return who;
}

}  // namespace madang::test
