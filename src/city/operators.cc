#include "city/operators.h"

#include <string>

#include "city/limits.h"
#include "city/rights_store.h"
#include "city/rules.h"

namespace madang::city {

Result<PartyId> operator_of(storage::Records& records, std::string_view login) {
  std::string const name{login.substr(0, kLoginNameMax)};
  auto const nobody = fail(Code::kNotFound, "there is no operator \"" + name + "\"");
  if (!check_login(login)) return nobody;
  MADANG_TRY(auto const found, RightsStore(records).find_operator(name));
  if (!found) return nobody;
  return found->party;
}

}  // namespace madang::city
