#include "city/commands/party_commands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <memory>

#include "city/area_path.h"
#include "city/commands/areas_named.h"
#include "city/commands/on_records.h"
#include "city/parties.h"
#include "modules/program.h"

namespace madang::city {
namespace {

/// What one command works on.
struct Desk {
  Parties& parties;
  storage::Records& records;
  runtime::Clock const& clock;
  PartyOptions const& options;
  Actor const by = machine_user();

  [[nodiscard]] Result<Party> party() const { return parties.find(options.login); }
  [[nodiscard]] Result<Party> office() const { return parties.find(options.office); }
  /// 0: the whole city.
  [[nodiscard]] Result<AreaId> area() const { return area_of_code(records, clock, options.area); }
};

using Deed = std::function<Result<void>(Desk const&)>;

std::string time_text(std::optional<Instant> when) { return when ? format_instant(*when) : std::string{"-"}; }

Result<void> list_parties(Desk const& desk) {
  PartyFilter filter{.with_ended = desk.options.with_ended};
  if (!desk.options.kind.empty()) {
    MADANG_TRY(filter.kind, party_kind_of(desk.options.kind));
  }
  for (bool first = true;; first = false) {
    MADANG_TRY(auto const page, desk.parties.list(filter));
    if (first && page.empty()) fmt::print("there is none such; make one with: madang parties create --kind KIND --login LOGIN, or for who signs in: madang operator create\n");
    for (auto const& party : page)
      fmt::print("{:6} {:8} {:24} {:24} {}\n", party.id.value(), name_of(party.kind), party.login, party.name,
                 party.ended_at ? "ended " + time_text(party.ended_at) : std::string{});
    if (page.size() < filter.limit) return {};
    filter.after = page.back().id;
  }
}

Result<void> print_roles(Desk const& desk, std::vector<RoleGrant> const& roles) {
  std::unique_ptr<City> city;
  if (std::ranges::any_of(roles, [](RoleGrant const& grant) { return bool{grant.area}; })) {
    MADANG_TRY(city, City::open(desk.records, desk.clock));
  }
  for (auto const& grant : roles)
    fmt::print("role   {:24} {:20} from {} to {}\n", grant.role, city ? area_text(*city, grant.area) : "the whole city", time_text(grant.since), time_text(grant.ended_at));
  return {};
}

Result<void> show_party(Desk const& desk) {
  MADANG_TRY(auto const party, desk.party());
  MADANG_TRY(auto const history, desk.parties.history(party.id));
  fmt::print("{} {} \"{}\" {}\n", name_of(party.kind), party.login, party.name, party.ended_at ? "ended " + time_text(party.ended_at) : "");
  MADANG_CHECK(print_roles(desk, history.roles));
  for (auto const& membership : history.offices) {
    MADANG_TRY(auto const office, desk.parties.find(membership.office));
    fmt::print("office {:24} from {} to {}\n", office.login, time_text(membership.since), time_text(membership.ended_at));
  }
  for (auto const& membership : history.members) {
    MADANG_TRY(auto const member, desk.parties.find(membership.party));
    fmt::print("member {:24} from {} to {}\n", member.login, time_text(membership.since), time_text(membership.ended_at));
  }
  return {};
}

Result<void> create_party(Desk const& desk) {
  MADANG_TRY(auto const kind, party_kind_of(desk.options.kind));
  MADANG_TRY(auto const made, desk.parties.create({.kind = kind, .login = desk.options.login, .name = desk.options.name, .password = {}}, desk.by));
  fmt::print("{} \"{}\" is created\n", name_of(made.kind), made.login);
  return {};
}

Result<void> rename_party(Desk const& desk) {
  MADANG_TRY(auto const party, desk.party());
  MADANG_CHECK(desk.parties.rename(party.id, desk.options.name, desk.by));
  fmt::print("\"{}\" is called \"{}\" now\n", party.login, desk.options.name);
  return {};
}

Result<void> end_party(Desk const& desk) {
  MADANG_TRY(auto const party, desk.party());
  MADANG_CHECK(desk.parties.end(party.id, desk.by));
  fmt::print("\"{}\" has ended: no login, key or role of it counts any more; a running server knows within 2 s\n", party.login);
  return {};
}

Result<void> join_office(Desk const& desk) {
  MADANG_TRY(auto const party, desk.party());
  MADANG_TRY(auto const office, desk.office());
  MADANG_CHECK(desk.parties.join(party.id, office.id, desk.by));
  fmt::print("\"{}\" is a member of \"{}\" now\n", party.login, office.login);
  return {};
}

Result<void> leave_office(Desk const& desk) {
  MADANG_TRY(auto const party, desk.party());
  MADANG_TRY(auto const office, desk.office());
  auto left = desk.parties.leave(party.id, office.id, desk.by);
  if (!left && left.error().code == Code::kNotFound)
    return fail(Code::kNotFound, fmt::format("\"{}\" is no member of \"{}\"", party.login, office.login));
  return left;
}

Result<void> list_roles(Desk const& desk) {
  MADANG_TRY(auto const roles, desk.parties.roles());
  for (auto const& role : roles)
    fmt::print("{:20} {}{}\n", role.name, role.permissions.size() == 1 && role.permissions[0] == web::Grants::kEvery ? "everything" : fmt::format("{}", fmt::join(role.permissions, " ")),
               role.shipped ? "   (comes with the program)" : "");
  fmt::print("\npermissions there are:");
  for (auto const& declared : desk.options.permissions->all()) fmt::print(" {}", declared.permission.name());
  fmt::print("\n");
  return {};
}

Result<void> create_role(Desk const& desk) {
  MADANG_CHECK(desk.parties.create_role({desk.options.role, false, desk.options.held}, desk.by));
  return {};
}

Result<void> change_role(Desk const& desk) {
  MADANG_CHECK(desk.parties.change_role({desk.options.role, false, desk.options.held}, desk.by));
  return {};
}

Result<void> end_role(Desk const& desk) { return desk.parties.end_role(desk.options.role, desk.by); }

/// A role that is held by a party itself or as a member of an office.
struct HeldRole {
  RoleGrant grant;
  std::string office;  ///< login; empty: itself
};

Result<std::vector<HeldRole>> held_roles(Parties& parties, PartyId party) {
  std::vector<HeldRole> held;
  MADANG_TRY(auto const own, parties.history(party));
  auto const add = [&held](std::vector<RoleGrant> const& roles, std::string const& office) {
    for (auto const& grant : roles)
      if (!grant.ended_at) held.push_back({grant, office});
  };
  add(own.roles, {});
  for (auto const& membership : own.offices) {
    if (membership.ended_at) continue;
    MADANG_TRY(auto const office, parties.find(membership.office));
    if (office.ended_at) continue;  // what it held counts no more
    MADANG_TRY(auto const of_office, parties.history(office.id));
    add(of_office.roles, office.login);
  }
  return held;
}

/// What makes a role in this Area change nothing: the same, held in an Area around it or in the whole city. Empty: nothing.
Result<std::string> why_nothing_changes(Desk const& desk, Party const& party, AreaId area) {
  MADANG_TRY(auto held, held_roles(desk.parties, party.id));
  std::erase_if(held, [&desk](HeldRole const& one) { return one.grant.role != desk.options.role; });
  if (held.empty()) return std::string{};
  MADANG_TRY(auto const city, City::open(desk.records, desk.clock));
  auto const path = path_of(*city, area);
  auto const wider = std::ranges::find_if(held, [&](HeldRole const& one) {
    bool const around = !one.grant.area || std::ranges::find(path, one.grant.area) != path.end();
    return around && (one.grant.area != area || !one.office.empty());
  });
  if (wider == held.end()) return std::string{};
  auto const where = area_text(*city, wider->grant.area);
  if (!wider->office.empty()) return fmt::format("has it in {} already as a member of \"{}\"; this changes nothing while that lasts", where, wider->office);
  auto const take = wider->grant.area ? " --area " + where.substr(std::string_view{"area "}.size()) : std::string{};
  return fmt::format("has it in {} already; this changes nothing while that lasts (madang roles take --role {} --login {}{})", where, desk.options.role, party.login, take);
}

Result<void> give_role(Desk const& desk) {
  MADANG_TRY(auto const party, desk.party());
  MADANG_TRY(auto const area, desk.area());
  MADANG_TRY(auto const nothing_changes, why_nothing_changes(desk, party, area));
  MADANG_CHECK(desk.parties.give(party.id, desk.options.role, area, desk.by));
  auto const where = area ? "area " + desk.options.area : std::string{"the whole city"};
  fmt::print("\"{}\" holds the role \"{}\" in {} now; a running server knows within 2 s\n", party.login, desk.options.role, where);
  if (!nothing_changes.empty()) fmt::print("note: \"{}\" {}\n", party.login, nothing_changes);
  return {};
}

Result<void> take_role(Desk const& desk) {
  MADANG_TRY(auto const party, desk.party());
  MADANG_TRY(auto const area, desk.area());
  MADANG_TRY(auto const history, desk.parties.history(party.id));
  auto const held = std::ranges::find_if(history.roles, [&](RoleGrant const& grant) {
    return !grant.ended_at && grant.role == desk.options.role && grant.area == area;
  });
  if (held == history.roles.end()) return fail(Code::kNotFound, fmt::format("\"{}\" does not hold the role \"{}\" there", party.login, desk.options.role));
  return desk.parties.revoke(held->id, desk.by);
}

/// A subcommand with an example in its --help.
void add(CLI::App& parent, modules::Invocation& call, std::string const& name, std::string const& sentence, std::string const& example, Deed deed,
         std::function<void(CLI::App&, PartyOptions&)> const& add_options) {
  auto options = std::make_shared<PartyOptions>();
  auto* sub = parent.add_subcommand(name, sentence);
  add_options(*sub, *options);
  call.add_data_and_config(*sub);
  sub->footer("Example:\n  madang " + example);
  auto const use = name == "list" || name == "show" ? storage::RecordsUse::kRead : storage::RecordsUse::kWrite;
  call.on(*sub, [&call, options, use, deed = std::move(deed)] {
    return call.with_settings([&](modules::GroundSettings const& settings) {
      options->data_directory = call.data;
      options->settings = settings;
      options->permissions = &call.program.permissions();
      return with_records(*options, [&](storage::Records& records, Rights&) -> Result<void> {
        runtime::SystemClock const clock;
        Parties parties{{.records = records, .clock = clock, .permissions = call.program.permissions()}};
        return deed(Desk{.parties = parties, .records = records, .clock = clock, .options = *options});
      }, use);
    });
  });
}

void login(CLI::App& sub, PartyOptions& o) { sub.add_option("--login", o.login, "Of the party")->required(); }
void office(CLI::App& sub, PartyOptions& o) {
  login(sub, o);
  sub.add_option("--office", o.office, "Login of the office")->required();
}
void role(CLI::App& sub, PartyOptions& o) { sub.add_option("--role", o.role, "Its name")->required(); }
void held(CLI::App& sub, PartyOptions& o) {
  role(sub, o);
  sub.add_option("--permission", o.held, "What it lets somebody do; may be repeated")->required();
}
void given(CLI::App& sub, PartyOptions& o) {
  role(sub, o);
  login(sub, o);
  sub.add_option("--area", o.area, "Code of an Area, with all below it; none: the whole city");
}

}  // namespace

void add_parties(CLI::App& app, modules::Invocation& call) {
  auto* parties = app.add_subcommand("parties", "Persons, offices, devices and services; works while the server runs");
  parties->require_subcommand(1);
  parties->footer("Example:\n  madang parties create --data city --kind office --login roads --name \"Road maintenance\"");
  add(*parties, call, "list", "All parties", "parties list --data city --kind office", list_parties, [](CLI::App& sub, PartyOptions& o) {
    sub.add_option("--kind", o.kind, "Only these: person, office, device or service");
    sub.add_flag("--ended", o.with_ended, "Those too that ended");
  });
  add(*parties, call, "show", "What a party holds and held", "parties show --data city --login kim", show_party, login);
  add(*parties, call, "create", "Add a party; a person who shall sign in: madang operator create",
      "parties create --data city --kind office --login roads --name \"Road maintenance\"", create_party, [](CLI::App& sub, PartyOptions& o) {
        login(sub, o);
        sub.add_option("--kind", o.kind, "person, office, device or service")->required();
        sub.add_option("--name", o.name, "As people call it");
      });
  add(*parties, call, "rename", "Call a party something else", "parties rename --data city --login roads --name Roads", rename_party,
      [](CLI::App& sub, PartyOptions& o) {
        login(sub, o);
        sub.add_option("--name", o.name, "As people call it")->required();
      });
  add(*parties, call, "end", "End a party: its history stays, nothing of it counts", "parties end --data city --login kim", end_party, login);
  add(*parties, call, "join", "Make somebody a member of an office", "parties join --data city --login kim --office roads", join_office, office);
  add(*parties, call, "leave", "End a membership", "parties leave --data city --login kim --office roads", leave_office, office);
}

void add_roles(CLI::App& app, modules::Invocation& call) {
  auto* roles = app.add_subcommand("roles", "What somebody may do, and where; works while the server runs");
  roles->require_subcommand(1);
  roles->footer("Example:\n  madang roles give --data city --role operator --login roads --area 11680");
  add(*roles, call, "list", "Roles and permissions there are", "roles list --data city", list_roles, [](CLI::App&, PartyOptions&) {});
  add(*roles, call, "create", "Make a role of the city's own", "roles create --data city --role watch --permission situations.see", create_role, held);
  add(*roles, call, "change", "Let a role of the city's own hold other permissions",
      "roles change --data city --role watch --permission situations.see --permission devices.see", change_role, held);
  add(*roles, call, "end", "End a role of the city's own that nobody holds", "roles end --data city --role watch", end_role, role);
  add(*roles, call, "give", "Give a role to a party", "roles give --data city --role operator --login roads --area 11680", give_role, given);
  add(*roles, call, "take", "Take a role from a party", "roles take --data city --role operator --login roads --area 11680", take_role, given);
}

}  // namespace madang::city
