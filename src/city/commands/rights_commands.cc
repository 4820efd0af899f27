#include "city/commands/rights_commands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sodium.h>

#include <array>

#include "city/city.h"
#include "city/commands/areas_named.h"
#include "city/commands/on_records.h"
#include "city/parties.h"
#include "runtime/clock.h"
#include "storage/records/records.h"

namespace madang::city {
namespace {

constexpr std::size_t kPasswordLength = 16;

/// Without letters and digits that look alike.
std::string new_password() {
  constexpr std::string_view kLetters = "abcdefghjkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXYZ2346789";
  std::string password;
  for (std::size_t i = 0; i < kPasswordLength; ++i)
    password += kLetters[randombytes_uniform(static_cast<std::uint32_t>(kLetters.size()))];
  return password;
}

/// A key may be made before its Thing; but a typing error would be seen only when the device is refused, far away.
Result<void> warn_of_unknown_things(storage::Records& records, std::vector<std::string> const& serials) {
  if (serials.empty()) return {};
  if (serials.front() == kNoThing) {
    fmt::print(stderr, "note: it writes to no Thing\n");
    return {};
  }
  runtime::SystemClock const clock;
  MADANG_TRY(auto const city, City::open(records, clock));
  for (auto const& serial : serials)
    if (city->thing_of_serial(serial) == nullptr)
      fmt::print(stderr, "note: no Thing has the serial \"{}\" yet; the key writes to it as soon as one is registered\n", serial);
  return {};
}

Result<void> print_key(Key const& key) {
  auto const scope = key.things.empty()              ? std::string{"all Things"}
                     : key.things.front() == kNoThing ? std::string{"no Thing"}
                                                      : fmt::format("{}", fmt::join(key.things, ", "));
  auto const state = key.revoked_at ? "revoked " + format_instant(*key.revoked_at) : std::string{"valid"};
  fmt::print("{:24} {:22} {:32} {}\n", key.name, format_instant(key.created_at), state, scope);
  return {};
}

}  // namespace

int create_key(RightsOptions const& options) {
  return with_records(options, [&](storage::Records& records, Rights& rights) -> Result<void> {
    PartyId party;
    if (!options.party.empty()) {
      modules::Permissions const none;
      runtime::SystemClock const clock;
      MADANG_TRY(auto const whose, (Parties{{.records = records, .clock = clock, .permissions = none}}.find(options.party)));
      if (whose.ended_at) return fail(Code::kConflict, fmt::format("party: \"{}\" has ended", options.party));
      party = whose.id;
    }
    MADANG_TRY(auto const key, rights.create_key(options.name, options.things, party));
    fmt::print("the key \"{}\", shown only now: {}\n", options.name, key);
    return warn_of_unknown_things(records, options.things);
  });
}

int list_keys(RightsOptions const& options) {
  return with_rights(options, [&](Rights& rights) -> Result<void> {
    MADANG_TRY(auto const keys, rights.keys());
    if (keys.empty()) fmt::print("there are no keys; make one with: madang keys create --name NAME\n");
    for (auto const& key : keys) MADANG_CHECK(print_key(key));
    return {};
  }, storage::RecordsUse::kRead);
}

int revoke_key(RightsOptions const& options) {
  return with_rights(options, [&](Rights& rights) -> Result<void> {
    MADANG_CHECK(rights.revoke_key(options.name));
    fmt::print("the key \"{}\" is revoked; a running server knows within 2 s\n", options.name);
    return {};
  });
}

int create_operator(RightsOptions const& options) {
  // The first operator may be there before the server first starts; who has misspelt the directory reads it here.
  std::error_code error;
  if (std::filesystem::create_directories(options.data_directory, error))
    fmt::print(stderr, "note: there was no data directory {}; it is made, for a new city\n", options.data_directory.string());
  if (error) {
    fmt::print(stderr, "madang: {}: {}\n", options.data_directory.string(), error.message());
    return 1;
  }
  return with_records(options, [&](storage::Records& records, Rights& rights) -> Result<void> {
    if (options.only_if_none) {
      MADANG_TRY(auto const count, rights.operator_count());
      if (count > 0) return {};
    }
    auto const password = options.password.empty() ? new_password() : options.password;
    runtime::SystemClock const clock;
    MADANG_TRY(auto const area, area_of_code(records, clock, options.area));
    modules::Permissions const none;
    Parties parties{{.records = records, .clock = clock, .permissions = none}};
    NewParty const made{.kind = PartyKind::kPerson, .login = options.name, .name = {}, .password = password, .role = options.role, .area = area};
    MADANG_CHECK(parties.create(made, machine_user()));
    auto const where = area ? fmt::format(", {} in area {}", options.role, options.area) : std::string{};
    if (options.password.empty())
      fmt::print("operator \"{}\"{}, password, shown only now:\n{}\n", options.name, where, password);
    else
      fmt::print("operator \"{}\"{} is created\n", options.name, where);
    return {};
  });
}

int reset_operator(RightsOptions const& options) {
  return with_rights(options, [&](Rights& rights) -> Result<void> {
    auto const password = options.password.empty() ? new_password() : options.password;
    MADANG_CHECK(rights.reset_operator(options.name, password));
    if (options.password.empty())
      fmt::print("operator \"{}\", new password, shown only now:\n{}\n", options.name, password);
    else
      fmt::print("operator \"{}\" has a new password\n", options.name);
    return {};
  });
}

}  // namespace madang::city
