// madang keys create|list|revoke, madang operator create|reset.
#include <CLI/CLI.hpp>
#include <functional>
#include <memory>

#include "city/commands/rights_commands.h"

namespace madang::city {
namespace {

using RightsCommand = int (*)(RightsOptions const&);

void add_rights_command(CLI::App& parent, modules::Invocation& call, std::string const& name, std::string const& sentence,
                        RightsCommand command, std::function<void(CLI::App&, RightsOptions&)> const& add_options) {
  auto options = std::make_shared<RightsOptions>();
  auto* sub = parent.add_subcommand(name, sentence);
  add_options(*sub, *options);
  call.on_data<RightsOptions>(*sub, options, command);
}

}  // namespace

void add_keys(CLI::App& app, modules::Invocation& call) {
  auto* keys = app.add_subcommand("keys", "Keys with which devices write; works while the server runs");
  keys->require_subcommand(1);
  keys->footer("Example:\n  madang keys create --data city --name pole-7 --thing POLE-7");
  auto name = [](CLI::App& sub, RightsOptions& o) { sub.add_option("--name", o.name, "What the key is called")->required(); };
  add_rights_command(*keys, call, "create", "Make a key; it is the last word printed", create_key,
                     [&](CLI::App& sub, RightsOptions& o) {
                       name(sub, o);
                       sub.add_option("--thing", o.things, "Serial it may write; may be repeated; none: all");
                       sub.add_option("--party", o.party, "Device or service whose roles it carries too, by login");
                       sub.footer("Example:\n  madang keys create --data city --name pole-7 --thing POLE-7");
                     });
  add_rights_command(*keys, call, "list", "All keys, without their text", list_keys, [](CLI::App& sub, RightsOptions&) {
    sub.footer("Example:\n  madang keys list --data city");
  });
  add_rights_command(*keys, call, "revoke", "End a key; a running server knows within 2 s", revoke_key,
                     [&](CLI::App& sub, RightsOptions& o) {
                       name(sub, o);
                       sub.footer("Example:\n  madang keys revoke --data city --name pole-7");
                     });
}

void add_operators(CLI::App& app, modules::Invocation& call) {
  auto* operators = app.add_subcommand("operator", "People who sign in to the control room");
  operators->alias("operators");
  operators->require_subcommand(1);
  operators->footer("Example:\n  madang operator create --data city --login kim");
  auto login = [](CLI::App& sub, RightsOptions& o) {
    sub.add_option("--login", o.name, "What the operator types to sign in")->required();
    sub.add_option("--password", o.password, "At least 10 characters; none: one is made and printed once");
  };
  add_rights_command(*operators, call, "create", "Add an operator", create_operator, [&](CLI::App& sub, RightsOptions& o) {
    login(sub, o);
    sub.add_option("--role", o.role, "What he may do: administrator, operator, reader, or a role of the city")->capture_default_str();
    sub.add_option("--area", o.area, "Code of an Area: he may do it there and in all below it; none: in the whole city");
    sub.add_flag("--if-none", o.only_if_none, "Do nothing when there is an operator already");
    sub.footer("Example:\n  madang operator create --data city --login kim\n  madang operator create --data city --login lee --area 11680");
  });
  add_rights_command(*operators, call, "reset", "Give an operator a new password", reset_operator,
                     [&](CLI::App& sub, RightsOptions& o) {
                       login(sub, o);
                       sub.footer("Example:\n  madang operator reset --data city --login kim");
                     });
}

}  // namespace madang::city
